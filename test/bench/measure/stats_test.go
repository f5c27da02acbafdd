package measure

import (
	"math"
	"testing"
)

func TestPercentiles(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[(i*37)%100] = float64(i + 1) // in no order
	}
	for _, tt := range []struct {
		values  []float64
		p, want float64
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred, 0, 1}, {[]float64{7}, 99, 7}, {[]float64{3, 1, 2}, 50, 2},
	} {
		if got := Percentile(tt.values, tt.p); got != tt.want {
			t.Errorf("percentile %v of %d values: got %v, want %v", tt.p, len(tt.values), got, tt.want)
		}
	}
	if got := Percentile(nil, 50); !math.IsNaN(got) {
		t.Errorf("percentile of nothing: got %v, want NaN", got)
	}
}

func TestARatioIsOfPairs(t *testing.T) {
	// In the second round the machine was ten times slower, for both.
	if got, want := Ratio([]float64{1, 10, 1}, []float64{2, 20, 2}), 0.5; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
