package inventory

import (
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPythonsLicenceIsInOneOfThreePlaces(t *testing.T) {
	for metadata, want := range map[string]string{
		"License-Expression: MIT\nLicense: other\n":                                             "MIT",
		"License: BSD\nClassifier: License :: OSI Approved :: MIT License\n":                    "BSD",
		"Classifier: Topic :: Text\nClassifier: License :: OSI Approved :: MIT License\n":       "MIT License",
		"License: Permission is hereby granted, free of charge, to any person obtaining a copy": "",
		"": "",
	} {
		dir := t.TempDir()
		write(t, "# why\nSome.Name==1.0\n", dir, "requirements.txt")
		write(t, "Name: some_name\nVersion: 1.0\n"+metadata+"\n\n", dir, "lib", "python3.11", "site-packages", "some_name-1.0.dist-info", "METADATA")
		got, err := Python(filepath.Join(dir, "requirements.txt"), dir)
		if err != nil || len(got) != 1 || got[0].Licence != want {
			t.Errorf("%q: got %v, %v, want %q", metadata, got, err, want)
		}
	}
}

func TestARequirementThatIsNotInstalledIsAnError(t *testing.T) {
	dir := t.TempDir()
	write(t, "name==1.0\n", dir, "requirements.txt")
	if got, err := Python(filepath.Join(dir, "requirements.txt"), dir); err == nil {
		t.Errorf("got %v, want an error", got)
	}
}

func TestAModulesTextsAllApplyAndAnUnknownOneIsNoLicence(t *testing.T) {
	mit, err := os.ReadFile(filepath.Join("..", "..", "..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"LICENSE": string(mit)}, "MIT"},
		{map[string]string{"LICENSE.md": string(mit), "LICENSE-SUMMARY": "see the other", "license.go": "package license"}, "MIT"},
		{map[string]string{"LICENSE": string(mit), "COPYING": "all rights reserved by the author of this"}, ""},
		{map[string]string{"README": string(mit)}, ""},
	} {
		dir := t.TempDir()
		for name, text := range c.files {
			write(t, text, dir, name)
		}
		if got, err := scan(dir); err != nil || got != c.want {
			t.Errorf("%v: got %q, %v, want %q", c.files, got, err, c.want)
		}
	}
}

func TestALockFileSaysWhatShipsAndWhatOnlyBuilds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "package-lock.json")
	write(t, `{"lockfileVersion": 3, "packages": {"": {"version": "0"},
		"node_modules/@a/b": {"version": "1.0.0", "license": "MIT", "integrity": "sha512-AQI="},
		"node_modules/c/node_modules/d": {"version": "2.0.0", "dev": true}}}`, path)
	ships, tools, err := NPM(path)
	if err != nil || len(ships) != 1 || len(tools) != 1 {
		t.Fatalf("got %v, %v, %v", ships, tools, err)
	}
	if got, want := ships[0].PURL(), "pkg:npm/%40a/b@1.0.0"; got != want || ships[0].SHA512 != "0102" {
		t.Errorf("got %s with %q, want %s with 0102", got, ships[0].SHA512, want)
	}
	if got, want := tools[0].PURL(), "pkg:npm/d@2.0.0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	write(t, `{"lockfileVersion": 1, "dependencies": {}}`, path)
	if _, _, err := NPM(path); err == nil {
		t.Error("an old lock file, which has no licences, is read")
	}
}
