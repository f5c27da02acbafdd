package template

import (
	"reflect"
	"strings"
	"testing"
)

func TestCheckStopsAtEveryPropertyThatNoPartDeclares(t *testing.T) {
	coverage := Coverage{"T": {
		Modelled:    []string{"Name", "Rules.Origin"},
		NotEnforced: map[string]string{"Encryption": "plain files"},
		Only:        map[string][]any{"Mode": {"OFF"}, "Blocked": {true}},
	}}
	for _, c := range []struct{ name, properties, want string }{
		{"declared", `{"Name": "n", "Rules": [{"Origin": "o"}], "Mode": "OFF", "Blocked": "true"}`, ""},
		{"unknown property", `{"Website": {"Index": "i"}}`, "A (T): property Website.Index not modelled"},
		{"unknown below a list", `{"Rules": [{"Origin": "o"}, {"Methods": ["GET"]}]}`, "property Rules.Methods not modelled"},
		{"an intrinsic where properties are expected", `{"Rules": {"Ref": "Other"}}`, "property Rules not modelled"},
		{"an empty object is something asked for too", `{"Website": {}}`, "property Website not modelled"},
		{"another value than the one", `{"Mode": "ON"}`, "property Mode is ON: the local run models [OFF] only"},
		{"another value behind a condition", `{"Mode": {"Fn::If": ["Yes", "ON", "OFF"]}}`, "property Mode is ON"},
		{"a property behind a condition", `{"Rules": {"Fn::If": ["Yes", [{"Methods": 1}], {"Ref": "AWS::NoValue"}]}}`, "property Rules.Methods"},
		{"a property behind a condition that is off", `{"Rules": {"Fn::If": ["Yes", [{"Origin": 1}], [{"Methods": 1}]]}}`, "property Rules.Methods"},
	} {
		tpl := mustLoad(t, `{"Conditions": {"Yes": {"Fn::Equals": [1, 1]}}, "Resources": {"A": {"Type": "T", "Properties": `+c.properties+`}}}`)
		_, err := tpl.Check(coverage)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCheckNamesEveryFindingAtOnce(t *testing.T) {
	tpl := mustLoad(t, `{"Resources": {"A": {"Type": "T", "Properties": {"X": 1, "Y": 2}}, "B": {"Type": "U"}}}`)
	_, err := tpl.Check(Coverage{"T": {}})
	for _, want := range []string{"A (T): property X", "A (T): property Y", "B (U): resource type not modelled"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %q", err, want)
		}
	}
}

func TestCheckListsWhatIsNotEnforced(t *testing.T) {
	tpl := mustLoad(t, `{"Resources": {
		"B": {"Type": "T", "Properties": {"Encryption": {"Key": "k"}}},
		"A": {"Type": "T", "Properties": {"Encryption": {"Key": "k"}}},
		"C": {"Type": "Alarm", "Properties": {"Anything": 1}}}}`)
	got, err := tpl.Check(Coverage{"T": {NotEnforced: map[string]string{"Encryption": "plain files"}}}, Coverage{"Alarm": {Ignored: "not measured"}})
	want := []NotEnforced{
		{"C", "Alarm", "", "not measured"}, {"A", "T", "Encryption", "plain files"}, {"B", "T", "Encryption", "plain files"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestTwoPartsMayShareATypeButNotContradictEachOther(t *testing.T) {
	tpl := mustLoad(t, `{"Resources": {"A": {"Type": "T", "Properties": {"X": 1, "Y": 2}}}}`)
	if _, err := tpl.Check(Coverage{"T": {Modelled: []string{"X"}}}, Coverage{"T": {Only: map[string][]any{"Y": {2}}}}); err != nil {
		t.Errorf("shared: got %v", err)
	}
	if _, err := tpl.Check(Coverage{"T": {Modelled: []string{"X"}}}, Coverage{"T": {Ignored: "no"}}); err == nil {
		t.Error("modelled and ignored: got no error")
	}
}
