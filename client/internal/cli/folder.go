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
}

// sourcesOf finds the files of the folders among the arguments, in the order of their names. What is neither a
// file nor a folder there, such as a symbolic link, is left out. An argument that cannot be read is reported
// when its turn comes.
func sourcesOf(args []string) (sources []source, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case err != nil || arg == "-":
			sources = append(sources, source{path: arg})
		case !info.IsDir():
			sources = append(sources, source{path: arg, bytes: info.Size()})
		default:
			found, err := filesIn(arg)
			if err != nil {
				return nil, err
			}
			sources = append(sources, found...)
		}
	}
	return sources, nil
}

func filesIn(folder string) (sources []source, err error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		inside, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		sources = append(sources, source{name, path.Join(filepath.Base(whole), filepath.ToSlash(inside)), info.Size()})
		return nil
	})
	return sources, err
}

// totalBytes adds up the files' sizes for the progress bar; negative when one is standard input.
func totalBytes(sources []source) (total int64) {
	for _, s := range sources {
		if s.path == "-" {
			return -1
		}
		total += s.bytes
	}
	return total
}
