package iam

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// request asks whether a caller may do one thing, under the policies that apply to it.
type request struct {
	Principal         string            `json:"principal"` // ARN, service name or anonymous
	Action            string            `json:"action"`
	Resource          string            `json:"resource"`
	Account           string            `json:"account"` // the resource's owner
	Identity          []int             `json:"identity"`
	ResourcePolicy    *int              `json:"resourcePolicy,omitempty"`
	Context           map[string]string `json:"context"`
	BlockPublicAccess bool              `json:"blockPublicAccess"`
}

// search asks for everything that a caller can do with these resources and with invented ones.
type search struct {
	request
	Resources        []string       `json:"resources"`
	ResourcePolicies map[string]int `json:"resourcePolicies"` // by the resource's ARN
}

// long leaves a test of the rows themselves to make test-long: it asks the evaluator a thousand times or more.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("make test-long runs it")
	}
}

// result is the evaluator's answer: the verdict, and the Sids of the statements that decided it.
type result struct {
	Verdict string   `json:"verdict"`
	By      []string `json:"by"`
	Ignored []string `json:"ignored"` // condition keys that the action does not have
	Error   string   `json:"error"`
}

// grant is one thing that a caller can reach.
type grant struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
	Strict   bool   `json:"strict"` // reached in the context of the request, not only in another one
}

// batch collects questions for one run of the evaluator. Equal policies and requests are sent
// once, because the stages share most of them.
type batch struct {
	policies []typedPolicy
	requests []request
	reaches  []search
	known    map[string]int
}

type typedPolicy struct {
	Kind     string `json:"kind"` // identity, resource or trust
	Document policy `json:"document"`
}

func newBatch() *batch { return &batch{known: map[string]int{}} }

// policy returns the index under which the evaluator finds a policy.
func (b *batch) policy(kind string, document policy) int {
	return intern(b, &b.policies, typedPolicy{kind, document})
}

// ask returns the index of the request's result.
func (b *batch) ask(r request) int { return intern(b, &b.requests, r) }

// askReach returns the index of what the request's caller can reach.
func (b *batch) askReach(s search) int { return intern(b, &b.reaches, s) }

func intern[T any](b *batch, list *[]T, value T) int {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // decoded JSON encodes
	}
	i, ok := b.known[string(text)]
	if !ok {
		i = len(*list)
		b.known[string(text)] = i
		*list = append(*list, value)
	}
	return i
}

// run evaluates everything that was asked.
func (b *batch) run(t *testing.T) ([]result, [][]grant) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("find node: %v\nhint: run `make test`, which installs it on Linux; elsewhere install Node.js 22.12 or later", err)
	}
	if _, err := os.Stat("node_modules/.package-lock.json"); err != nil {
		t.Fatalf("the IAM evaluator is not installed: %v\nhint: run `make test`", err)
	}
	input, err := json.Marshal(map[string]any{"policies": b.policies, "requests": b.requests, "reaches": b.reaches})
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, "evaluate.mjs")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("evaluate: %v\n%s", err, stderr.String())
	}
	var output struct {
		Results []result
		Reaches [][]grant
	}
	if err := json.Unmarshal(stdout.Bytes(), &output); err != nil {
		t.Fatalf("evaluate: %v", err)
	}
	for _, r := range output.Results {
		slices.Sort(r.By)
	}
	return output.Results, output.Reaches
}

// String is the answer as the table writes it.
func (r result) String() string {
	switch {
	case r.Error != "":
		return "error " + r.Error
	case len(r.Ignored) > 0:
		return "error: the action has no condition key " + strings.Join(r.Ignored, ", ")
	case r.Verdict == "Allowed":
		return "allowed by " + strings.Join(r.By, " ")
	case r.Verdict == "ExplicitlyDenied":
		return "refused by " + strings.Join(r.By, " ")
	default:
		return "refused: nothing allows it"
	}
}
