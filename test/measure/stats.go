// Package measure has what benchmarks, the load and the search for leaks need: medians, ratios of pairs, what a process uses, its
// children, and what machine this is.
package measure

import (
	"math"
	"slices"
)

// Median is the middle of values in any order, or the lower of two. It is NaN without values.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(values))[(len(values)-1)/2]
}

// Ratio is the median of a[i]/b[i]. The two were measured right after each other, so what else the machine
// did in round i slows both, and most of it cancels out; the ratio of two medians would keep it.
func Ratio(a, b []float64) float64 {
	ratios := make([]float64, min(len(a), len(b)))
	for i := range ratios {
		ratios[i] = a[i] / b[i]
	}
	return Median(ratios)
}
