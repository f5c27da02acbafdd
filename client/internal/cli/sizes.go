package cli

import "os"

// totalBytes adds up the files' sizes for the progress bar; negative when one is standard input. A file
// that cannot be read is reported when its turn comes.
func totalBytes(paths []string) (total int64) {
	for _, p := range paths {
		if p == "-" {
			return -1
		}
		if info, err := os.Stat(p); err == nil {
			total += info.Size()
		}
	}
	return total
}
