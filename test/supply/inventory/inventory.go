// Package inventory reads what is installed and linked: Go modules, npm packages, Python distributions.
package inventory

// Component is one dependency.
type Component struct {
	Ecosystem string // "golang", "npm" or "pypi": the type of its package URL
	Name      string
	Version   string // as its ecosystem writes it
	Licence   string // an SPDX expression; empty if none was found
	SHA256    string // hex; empty where the ecosystem has another hash
	SHA512    string // hex
}

// PURL is the component's package URL: https://github.com/package-url/purl-spec
func (c Component) PURL() string {
	return "pkg:" + c.Ecosystem + "/" + escape(c.Name) + "@" + escape(c.Version)
}
