package report

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// Sizes of the picture, in pixels.
const (
	width     = 880
	labels    = 250 // left of the bars
	numbers   = 90  // right of the longest bar
	barHeight = 18
	barStep   = 24
	titleStep = 44
	margin    = 16
)

// Picture draws the charts below each other as SVG, readable on a light and on a dark page.
func Picture(charts []Chart) string {
	var b strings.Builder
	y := margin
	for _, chart := range charts {
		y = chart.draw(&b, y)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" font-family="system-ui, sans-serif" font-size="13">
<style>text{fill:#1f2328}.bar{fill:#9aa4b2}.ours{fill:#d97706}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#57606a}}</style>
%s</svg>
`, width, y+margin, width, b.String())
}

// draw writes one chart and returns where the next one begins. The bars are in proportion: none is cut.
func (c Chart) draw(b *strings.Builder, y int) int {
	longest := 0.0
	for _, bar := range c.Bars {
		longest = max(longest, bar.Value)
	}
	y += titleStep
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" font-weight=\"600\">%s</text>\n", margin, y-18, html.EscapeString(c.Title))
	for _, bar := range c.Bars {
		class, weight := "bar", ""
		if bar.Ours {
			class, weight = "bar ours", ` font-weight="600"`
		}
		length := max(bar.Value/longest*(width-labels-numbers-margin), 1)
		fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>%s</text>", labels-8, y+13, weight, html.EscapeString(bar.Name))
		fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", class, labels, y, length, barHeight)
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%d\"%s>%s %s</text>\n", float64(labels)+length+6, y+13, weight, strconv.FormatFloat(bar.Value, 'g', 3, 64), html.EscapeString(c.Unit))
		y += barStep
	}
	return y
}
