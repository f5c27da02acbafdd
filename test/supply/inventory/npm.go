package inventory

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
)

// escape writes @scope/name as a package URL does.
func escape(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("@", "%40", "+", "%2B").Replace(url.PathEscape(part))
	}
	return strings.Join(parts, "/")
}

// lockFile is package-lock.json, version 3: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
type lockFile struct {
	Version  int `json:"lockfileVersion"`
	Packages map[string]struct {
		Version   string `json:"version"`
		Licence   string `json:"license"`
		Integrity string `json:"integrity"`
		Dev       bool   `json:"dev"`
	} `json:"packages"`
}

// NPM returns what a lock file installs, sorted: what only builds and tests apart from what a bundle may hold.
func NPM(path string) (ships, tools []Component, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	var lock lockFile
	if err := json.Unmarshal(text, &lock); err != nil || lock.Version != 3 {
		return nil, nil, fmt.Errorf("read %q: version %d, want 3: %w", path, lock.Version, err)
	}
	for _, key := range slices.Sorted(maps.Keys(lock.Packages)) {
		p := lock.Packages[key]
		if key == "" { // the project itself
			continue
		}
		_, name := cutLast(key, "node_modules/")
		c := Component{Ecosystem: "npm", Name: name, Version: p.Version, Licence: p.Licence}
		if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
			raw, err := base64.StdEncoding.DecodeString(sum)
			if err != nil {
				return nil, nil, fmt.Errorf("integrity of %q in %q: %w", name, path, err)
			}
			c.SHA512 = hex.EncodeToString(raw)
		}
		if p.Dev {
			tools = append(tools, c)
		} else {
			ships = append(ships, c)
		}
	}
	return ships, tools, nil
}

func cutLast(s, separator string) (before, after string) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return "", s
	}
	return s[:i], s[i+len(separator):]
}
