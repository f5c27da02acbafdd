// Package measure has what benchmarks, the load and the search for leaks need: medians, ratios of pairs, what a process uses, its
// children, and what machine this is.
package measure

import (
	"math"
	"slices"
)

// Percentile is the nearest-rank percentile, p in 0..100, of values in any order. It is NaN without values.
func Percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median is the 50th percentile.
func Median(values []float64) float64 { return Percentile(values, 50) }

// Ratio is the median of a[i]/b[i]. The two were measured right after each other, so what else the machine
// did in round i slows both, and most of it cancels out; the ratio of two medians would keep it.
func Ratio(a, b []float64) float64 {
	ratios := make([]float64, min(len(a), len(b)))
	for i := range ratios {
		ratios[i] = a[i] / b[i]
	}
	return Median(ratios)
}
