package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
)

// selectHelp is how keys are named on the command line.
const selectHelp = `KEY is an object key; or its last part, as "1595114575104-photo.jpg"; or the file's name, as
"photo.jpg". A name with "*", "?" or "[" is a pattern, as 'trip/*.jpg'. A name that ends with
"/" means everything in that folder.`

// wholeKey is a key as the endpoint makes them: <username>/<milliseconds>, or with -<name>.
var wholeKey = regexp.MustCompile(`^[^/]+/[0-9]+(-[^/]*)?$`)

// keysOf returns the keys that the arguments name, or all if there is no argument. It lists the objects only if it must.
func keysOf(ctx context.Context, c *client.Client, args []string) ([]string, error) {
	if len(args) > 0 && !slices.ContainsFunc(args, func(arg string) bool { return !wholeKey.MatchString(arg) }) {
		return args, nil
	}
	objects, err := listed(ctx, c)
	if err == nil && len(args) > 0 {
		objects, err = choose(objects, args, true)
	}
	keys := make([]string, len(objects))
	for i, o := range objects {
		keys[i] = o.Key
	}
	return keys, err
}

// choose keeps the objects that one of the arguments names, in the order of objects. With unique, only a pattern or a folder may
// name several.
func choose(objects []client.Listed, args []string, unique bool) ([]client.Listed, error) {
	chosen := map[string]bool{}
	for _, arg := range args {
		found, err := selected(objects, arg)
		if err == nil && unique && len(found) > 1 && !isPattern(arg) && !strings.HasSuffix(arg, "/") {
			err = &ambiguous{arg, found}
		}
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			chosen[o.Key] = true
		}
	}
	return slices.DeleteFunc(objects, func(o client.Listed) bool { return !chosen[o.Key] }), nil
}

// listed lists all objects, the newest first.
func listed(ctx context.Context, c *client.Client) ([]client.Listed, error) {
	objects := []client.Listed{}
	for object, err := range c.List(ctx) {
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	slices.Reverse(objects)
	return objects, nil
}

// selected returns the objects that an argument names.
func selected(objects []client.Listed, arg string) (found []client.Listed, err error) {
	if _, err := path.Match(arg, ""); err != nil {
		return nil, &usageError{fmt.Errorf("pattern %q: %w", arg, err)}
	}
	for _, o := range objects {
		if matches(o, arg) {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%q: %w", arg, errNoMatch)
	}
	return found, nil
}

func isPattern(arg string) bool { return strings.ContainsAny(arg, "*?[") }

func matches(o client.Listed, arg string) bool {
	segment := path.Base(o.Key)
	switch name := cmp.Or(o.Name, segment); {
	case isPattern(arg):
		byName, _ := path.Match(arg, name)
		byKey, _ := path.Match(arg, o.Key)
		return byName || byKey
	case strings.HasSuffix(arg, "/"):
		return strings.HasPrefix(name, arg)
	default:
		return arg == name || arg == segment || arg == o.Key
	}
}

var errNoMatch = errors.New("no object has this key or name")

// ambiguous is a name that several objects have.
type ambiguous struct {
	name  string
	found []client.Listed // the newest first
}

func (a *ambiguous) Error() string {
	return fmt.Sprintf("%d objects are named %q, the newest is %s", len(a.found), a.name, a.found[0].Key)
}

// completeKeys offers the names of objects to the shell, or the last part of the key if several have the name. It does not
// ask for a password.
func (o *options) completeKeys(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	o.unattended, o.out.quiet = true, true
	connected, err := o.connect(c.Context(), nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	objects, err := listed(c.Context(), connected)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	named := map[string]int{}
	for _, object := range objects {
		named[object.Name]++
	}
	var found []string
	for _, object := range objects {
		word := object.Name
		if word == "" || named[word] > 1 {
			word = path.Base(object.Key)
		}
		if strings.HasPrefix(word, typed) {
			found = append(found, cobra.CompletionWithDesc(word, humanBytes(object.Size)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
