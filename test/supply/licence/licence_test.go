package licence

import (
	"strings"
	"testing"

	"example.com/presigned/test/supply/inventory"
)

func TestAnUnknownLicenceFailsAndWhatShipsMayHaveLess(t *testing.T) {
	agpl := Exception{"tool", "AGPL-3.0-or-later", "never shipped"}
	for _, c := range []struct {
		licence    string
		ships      bool
		exceptions []Exception
		want       string // what the failure says; empty for none
	}{
		{"MIT", true, nil, ""},
		{"(MIT OR GPL-3.0-or-later)", true, nil, ""},
		{"BSD-3-Clause AND MIT", true, nil, ""},
		{"BSD-3-Clause AND GPL-2.0-only", true, nil, "GPL-2.0-only"},
		{"MIT OR GPL-2.0-only AND GPL-3.0-only", false, nil, ""},
		{"GPL-2.0-only OR GPL-3.0-only AND MIT", false, nil, "GPL-2.0-only"},
		{"", true, nil, "no known licence"},
		{"", false, nil, "no known licence"},
		{"MPL-2.0", false, nil, ""},
		{"MPL-2.0", true, nil, `under "MPL-2.0"`},
		{"AGPL-3.0-or-later", false, nil, "AGPL"},
		{"AGPL-3.0-or-later", false, []Exception{agpl}, ""},
		{"AGPL-3.0-or-later", true, []Exception{agpl}, "AGPL"},
		{"MIT", false, []Exception{agpl}, "allows nothing"},
	} {
		component := inventory.Component{Ecosystem: "npm", Name: "tool", Version: "1.0.0", Licence: c.licence}
		got := strings.Join(Check([]Set{{"set", []inventory.Component{component}, c.ships}}, c.exceptions), "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q ships %v: got %q, want %q", c.licence, c.ships, got, c.want)
		}
	}
}

func TestASetThatWasNotFoundIsNotASetWithoutFailures(t *testing.T) {
	if got := Check([]Set{{Name: "the function"}}, nil); len(got) != 1 {
		t.Errorf("got %q, want that it has no dependencies", got)
	}
}
