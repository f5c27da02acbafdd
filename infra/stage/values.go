package stage

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// LocalOrigin is the one origin with a wildcard: a page that a developer serves, on any port.
const LocalOrigin = "http://localhost:*"

func (s Stage) checkOrigins() []error {
	var wrong []error
	for _, origin := range s.AllowedOrigins {
		if err := s.checkOrigin(origin); err != nil {
			wrong = append(wrong, fmt.Errorf("allowedOrigins has %q: %w", origin, err))
		}
	}
	return wrong
}

// checkOrigin wants an origin exactly as a browser sends it, because it is compared byte by byte.
func (s Stage) checkOrigin(origin string) error {
	if origin == LocalOrigin && !s.Production {
		return nil
	}
	if origin == LocalOrigin {
		return errors.New("want https:// origins in production")
	}
	if strings.Contains(origin, "*") {
		return errors.New("a wildcard lets any page call with a user's token; want https://host or https://host:port")
	}
	u, err := url.Parse(origin)
	local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost" && !s.Production
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("want https://host or https://host:port")
	case u.Scheme != "https" && !local:
		return errors.New("want https; plain http is for http://localhost, outside production")
	case origin != u.Scheme+"://"+strings.ToLower(u.Host):
		return errors.New("want scheme, host in small letters and port only, without a slash at the end: that is what browsers send")
	case !regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]{1,5})?$`).MatchString(u.Host):
		return errors.New("want a host of a-z, 0-9, \".\" and \"-\", in punycode where it has other letters")
	}
	return nil
}

func (s Stage) checkTypes() []error {
	if len(s.ContentTypes) == 0 {
		return []error{errors.New(`contentTypes is empty: want at least one, or "*/*" for any`)}
	}
	// The comma separates the list in the function's environment, so it must not get into an entry.
	name := "[A-Za-z0-9!#$&^_.+-]+"
	pattern := regexp.MustCompile(`^(\*/\*|` + name + `/(\*|` + name + `))$`)
	var wrong []error
	for _, t := range s.ContentTypes {
		if !pattern.MatchString(t) {
			wrong = append(wrong, fmt.Errorf(`contentTypes has %q: want "type/subtype", "type/*" or "*/*", without parameters`, t))
		}
	}
	return wrong
}
