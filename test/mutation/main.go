// Command mutation changes the product's Go code in one place at a time and runs the tests beside it: a change that
// leaves them green is a behavior that no test notices. CONTRIBUTING.md has the last scores.
//
// It changes operators, conditions, whole statements, returned errors, numbers and words. It leaves sentences alone,
// because transcripts and goldens have them. Nothing on disk changes: the go command reads the changed file by -overlay.
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// area is a part of the product with the least score that it must reach.
type area struct {
	name     string
	packages []tested
	sample   int // changes to try, of all that compile
	floor    float64
}

// tested is a package and the tests that run when it changes.
type tested struct {
	folder, module string     // below the root
	tests          [][]string // arguments of go test in the module: the quickest first, and the next only if those pass
}

var areas = []area{
	{"lambda", []tested{
		{"lambda/operation", ".", [][]string{{"./lambda/presigner", "./lambda/openapi", "./infra/stage"}}},
		{"lambda/presigner", ".", [][]string{{"./lambda/presigner"}}},
	}, 160, 95},
	{"client", []tested{
		{"client", "client", [][]string{{"-short", "."}, transcripts, {"."}}},
		{"client/internal/atomicfile", "client", [][]string{{"-short", "./state", "."}, transcripts}},
		{"client/internal/cli", "client", [][]string{{"./internal/cli"}, transcripts, command}},
		{"client/internal/retry", "client", [][]string{{"./internal/retry"}, {"-short", "."}}},
		{"client/internal/session", "client", [][]string{{"./internal/session"}, transcripts, command}},
		{"client/internal/wire", "client", [][]string{{"./internal/wire"}, {"-short", "."}, transcripts}},
		{"client/settings", "client", [][]string{{"./settings"}, transcripts, command}},
		{"client/signin", "client", [][]string{{"./signin"}, transcripts, command}},
		{"client/state", "client", [][]string{{"./state"}, {"-short", "."}}},
	}, 130, 90},
}

// transcripts run the client's command against a fake stack.
var transcripts = []string{"-run", "TestTranscripts|Terminal|Password|Certificate|CtrlC|OneCommand", "./cmd/presigned"}

// command is the whole of the command's tests.
var command = []string{"-short", "./cmd/presigned"}

func main() {
	root := flag.String("root", ".", "the repository")
	only := flag.String("only", "", "one area: lambda or client")
	seed := flag.Uint64("seed", 16, "which sample")
	flag.Parse()
	if err := run(*root, *only, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(root, only string, seed uint64) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	reasons, err := readEquivalents(filepath.Join(root, "test/mutation/equivalents.txt"))
	if err != nil {
		return err
	}
	var failed error
	for _, a := range areas {
		if only == "" || a.name == only {
			failed = errors.Join(failed, a.try(root, reasons, rand.New(rand.NewPCG(seed, 0))))
		}
	}
	return failed
}

// try makes the sample's changes, two at once, and prints those that nobody notices. It fails below the floor.
func (a area) try(root string, reasons map[string]string, random *rand.Rand) error {
	begun := time.Now()
	var all []mutant
	for _, p := range a.packages {
		if (mutant{in: p}).judge(root) != survived {
			return fmt.Errorf("the tests of %s are red, or slow, without a change", p.folder)
		}
		found, err := mutantsOf(root, p)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	tried := all[:min(a.sample, len(all))]
	count := map[outcome]int{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(2)
	for _, m := range tried {
		group.Go(func() error {
			got := m.judge(root)
			if got == survived && reasons[m.key()] != "" {
				got = equivalent
			}
			mu.Lock()
			defer mu.Unlock()
			count[got]++
			_, err := fmt.Printf("%s: %s\n", got, m.key())
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	score := 100 * float64(count[killed]) / float64(max(1, count[killed]+count[survived]))
	fmt.Printf("%s: %d places, %d tried, %v: %.1f %%, want %.0f %%, in %s\n", a.name, len(all), len(tried), count, score, a.floor, time.Since(begun).Round(time.Second))
	if score < a.floor {
		return fmt.Errorf("%s is below the floor", a.name)
	}
	return nil
}

// readEquivalents reads the changes without a visible effect: key and reason, with a tab between.
func readEquivalents(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	reasons := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, reason, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			reasons[key] = reason
		}
	}
	return reasons, err
}
