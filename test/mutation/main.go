// Command mutation changes the product's Go code in one place at a time and runs the tests beside it: a change that
// leaves them green is a behavior that no test notices. CONTRIBUTING.md has the last scores.
//
// It changes operators, conditions, whole statements, returned errors, numbers and words. It leaves sentences alone,
// because transcripts and goldens have them. Nothing on disk changes: the go command reads the changed file by -overlay.
package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
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
var transcripts = []string{"-run", "TestTranscripts|Terminal|Password|Certificate|Home|CtrlC|OneCommand", "./cmd/presigned"}

// command is the whole of the command's tests.
var command = []string{"-short", "./cmd/presigned"}

func main() {
	root := flag.String("root", ".", "the repository")
	only := flag.String("only", "", "one area: lambda or client")
	folder := flag.String("folder", "", "only packages whose folder has these words")
	seed := flag.Uint64("seed", 16, "which sample")
	workers := flag.Int("workers", 2, "changes tried at once")
	flag.Parse()
	if err := run(*root, *only, *folder, *seed, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(root, only, folder string, seed uint64, workers int) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	reasons, err := readEquivalents(filepath.Join(root, "test/mutation/equivalents.txt"))
	if err != nil {
		return err
	}
	var failed []string
	for _, a := range areas {
		if only != "" && a.name != only {
			continue
		}
		a.packages = slices.DeleteFunc(a.packages, func(p tested) bool { return !strings.Contains(p.folder, folder) })
		ok, err := a.try(root, reasons, rand.New(rand.NewPCG(seed, 0)), workers)
		if err != nil {
			return err
		}
		if !ok {
			failed = append(failed, a.name)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("below the floor: %s", strings.Join(failed, ", "))
	}
	return nil
}

// try makes the sample's changes one by one, prints those that nobody notices, and says whether the floor is reached.
func (a area) try(root string, reasons map[string]string, random *rand.Rand, workers int) (bool, error) {
	begun := time.Now()
	var all []mutant
	green := map[string]bool{} // tests that pass without a change
	for _, p := range a.packages {
		for _, tests := range p.tests {
			key := strings.Join(tests, " ")
			if !green[key] && (mutant{in: tested{p.folder, p.module, [][]string{tests}}}).judge(root) != survived {
				return false, fmt.Errorf("go test %s in %s is red, or slow, without a change", key, p.module)
			}
			green[key] = true
		}
		found, err := mutantsOf(root, p)
		if err != nil {
			return false, err
		}
		all = append(all, found...)
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	outcomes := judgeAll(root, all[:min(a.sample, len(all))], workers)

	count := map[outcome]int{}
	for _, key := range slices.Sorted(maps.Keys(outcomes)) {
		got := outcomes[key]
		if got == survived && reasons[key] != "" {
			got = equivalent
		}
		if count[got]++; got == survived {
			fmt.Println("survived:", key)
		}
	}
	score := 100 * float64(count[killed]) / float64(max(1, count[killed]+count[survived]))
	fmt.Printf("%s: %d places, %d tried, %d do not compile, %d noticed, %d too slow, %d not noticed, %d equivalent: %.1f %%, want %.0f %%, in %s\n", a.name, len(all),
		len(outcomes), count[broken], count[killed], count[slow], count[survived], count[equivalent], score, a.floor, time.Since(begun).Round(time.Second))
	return score >= a.floor, nil
}

// judgeAll tries changes, some at once, and gives the outcome of each by its key.
func judgeAll(root string, mutants []mutant, workers int) map[string]outcome {
	outcomes := map[string]outcome{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	queue := make(chan mutant)
	for range workers {
		wg.Go(func() {
			for m := range queue {
				got := m.judge(root)
				mu.Lock()
				outcomes[m.key()] = got
				mu.Unlock()
				fmt.Fprintf(os.Stderr, "%s: %s\n", got, m.key())
			}
		})
	}
	for _, m := range mutants {
		queue <- m
	}
	close(queue)
	wg.Wait()
	return outcomes
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
