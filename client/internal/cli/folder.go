package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// source is one file to upload.
type source struct {
	path     string
	filename string // for its key, with "/" between folders; empty: the path's last element
	bytes    int64
	err      error // why it can't be read
}

// sourcesOf returns the files that the arguments name. A folder stands for the regular files in it, in the order of their names;
// symbolic links, pipes and sockets are left out. What can't be read stays in the list, so that its own upload reports the
// error.
func sourcesOf(args []string) (sources []source, leftOut []string, err error) {
	for _, arg := range args {
		found := []source{{path: arg}}
		if info, err := os.Stat(arg); err == nil && arg != "-" {
			found[0].bytes = info.Size()
			if info.IsDir() {
				var others []string
				if found, others, err = filesIn(arg); err != nil {
					return nil, nil, err
				}
				leftOut = append(leftOut, others...)
			}
		}
		sources = append(sources, found...)
	}
	return sources, leftOut, nil
}

func filesIn(folder string) (sources []source, leftOut []string, err error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, nil, err
	}
	err = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			sources = append(sources, source{path: name, err: err})
			return nil
		case entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			leftOut = append(leftOut, name)
			return nil
		}
		inside, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		found := source{path: name, filename: path.Join(filepath.Base(whole), filepath.ToSlash(inside))}
		if info, err := entry.Info(); err == nil {
			found.bytes = info.Size()
		}
		sources = append(sources, found)
		return nil
	})
	return sources, leftOut, err
}

// totalBytes adds up the files' sizes for the progress bar. It is negative (unknown) if one is standard input.
func totalBytes(sources []source) (total int64) {
	for _, s := range sources {
		if s.path == "-" {
			return -1
		}
		total += s.bytes
	}
	return total
}
