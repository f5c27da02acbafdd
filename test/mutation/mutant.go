package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// longest is how long the tests of one change may take. A change that makes them hang is noticed, but so slow a machine
// looks the same: what is too slow does not count.
const longest = 4 * time.Minute

type outcome string

const (
	killed     outcome = "noticed"
	survived   outcome = "not noticed"
	broken     outcome = "does not compile"
	slow       outcome = "too slow"
	equivalent outcome = "equivalent"
)

// mutant is one change: bytes from begin to end of a file become text.
type mutant struct {
	in         tested
	file       string // absolute
	path       string // below the root
	function   string
	line       int
	source     []byte
	begin, end int
	text       string
}

// key names a change without its line, so that it stays the same when others move.
func (m mutant) key() string {
	short := func(s string) string {
		if s = strings.Join(strings.Fields(s), " "); len(s) > 60 {
			s = s[:60]
		}
		return s
	}
	around := short(string(bytes.Split(m.source, []byte("\n"))[m.line-1]))
	return fmt.Sprintf("%s %s: %s: %s => %s", m.path, m.function, around, short(string(m.source[m.begin:m.end])), short(m.text))
}

// mutantsOf are all changes of a package's files.
func mutantsOf(root string, in tested) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(root, in.folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "doc.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, changes(mutant{in: in, file: name, path: in.folder + "/" + filepath.Base(name), source: source}, set, file)...)
	}
	return all, nil
}

// swaps are the operators that stand for one another.
var swaps = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*", token.LAND: "||", token.LOR: "&&",
	token.AND: "|", token.OR: "&", token.SHL: ">>", token.SHR: "<<",
}

// changes are all of a file. What does not compile is found out later.
func changes(m mutant, set *token.FileSet, file *ast.File) (all []mutant) {
	at := func(p token.Pos) int { return set.Position(p).Offset }
	add := func(begin, end token.Pos, text string) {
		c := m
		c.begin, c.end, c.line, c.text = at(begin), at(end), set.Position(begin).Line, text
		all = append(all, c)
	}
	of := func(n ast.Node) string { return string(m.source[at(n.Pos()):at(n.End())]) }
	for _, decl := range file.Decls {
		m.function = "(declaration)"
		if f, ok := decl.(*ast.FuncDecl); ok {
			m.function = f.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field: // its tag is not code to mutate
				return n.Tag == nil
			case *ast.BinaryExpr:
				if to := swaps[n.Op]; to != "" {
					add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to)
				}
			case *ast.IfStmt:
				add(n.Cond.Pos(), n.Cond.End(), "!("+of(n.Cond)+")")
			case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.BranchStmt:
				add(n.Pos(), n.End(), "")
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					add(n.Pos(), n.End(), "")
				}
			case *ast.ReturnStmt:
				if k := len(n.Results); k > 0 {
					if last := of(n.Results[k-1]); last == "err" || strings.HasPrefix(last, "fmt.Errorf") {
						add(n.Results[k-1].Pos(), n.Results[k-1].End(), "nil")
					}
				}
			case *ast.Ident:
				if to := map[string]string{"true": "false", "false": "true"}[n.Name]; to != "" {
					add(n.Pos(), n.End(), to)
				}
			case *ast.BasicLit:
				if value, err := strconv.ParseInt(n.Value, 0, 64); n.Kind == token.INT && err == nil {
					add(n.Pos(), n.End(), strconv.FormatInt(value+1, 10))
				}
				if n.Kind == token.STRING && len(n.Value) > 2 && !strings.Contains(n.Value, " ") {
					add(n.Pos(), n.End(), `""`)
				}
			}
			return true
		})
	}
	return all
}

// judge runs the tests with the change, until some fail; the zero change is none.
func (m mutant) judge(root string) outcome {
	folder, err := os.MkdirTemp("", "mutant")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // the system empties it otherwise
	changed := filepath.Join(folder, "changed.go")
	overlay := filepath.Join(folder, "overlay.json")
	content := bytes.Join([][]byte{m.source[:m.begin], []byte(m.text), m.source[m.end:]}, nil)
	replace := map[string]string{}
	if m.file != "" { // or nothing is changed
		replace[m.file] = changed
	}
	replaced, _ := json.Marshal(map[string]any{"Replace": replace})
	for name, data := range map[string][]byte{changed: content, overlay: replaced} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			panic(err)
		}
	}
	for _, tests := range m.in.tests {
		if got := m.test(root, overlay, tests); got != survived {
			return got
		}
	}
	return survived
}

// test runs some tests with the overlay.
func (m mutant) test(root, overlay string, tests []string) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), longest+30*time.Second)
	defer cancel()
	args := append([]string{"test", "-overlay", overlay, "-failfast", "-vet=off", "-timeout", longest.String()}, tests...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join(root, m.in.module)
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return survived
	case ctx.Err() != nil || bytes.Contains(out, []byte("panic: test timed out")):
		return slow
	case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
		return broken
	default:
		return killed
	}
}
