// Command supply checks what the product is made of: known vulnerabilities, licences, and a bill of materials.
// `make supply` runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:], time.Now(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string, now time.Time, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("no command, want vulnerabilities, licences or sbom")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	root := flags.String("root", "..", "the repository's folder")
	database := flags.String("database", "golang.org/x/vulndb@latest", "the module that has Go's vulnerability reports")
	scanner := flags.String("scanner", "", "the package of govulncheck, with its version")
	assembly := flags.String("assembly", "build/local-assembly", "the assembly whose function is described, below root")
	output := flags.String("output", "build/sbom", "the folder for the bills of materials, below root")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "vulnerabilities":
		return vulnerabilities(*root, *scanner, *database, now, out)
	case "licences":
		return licences(*root, out)
	case "sbom":
		return bills(*root, *assembly, *output, out)
	}
	return fmt.Errorf("command %q, want vulnerabilities, licences or sbom", args[0])
}
