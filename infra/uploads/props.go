package uploads

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/presigned/infra/stage"
)

// check reports everything that is wrong with the props at once.
func (p *Props) check() error {
	wrong := []error{p.Stage.Check()}
	if (p.UserPool == nil) != (len(p.AppClientIDs) == 0) {
		wrong = append(wrong, errors.New("UserPool and AppClientIDs go together: want both, or neither"))
	}
	if p.UserPool != nil && p.Stage.UserPoolARN != "" {
		wrong = append(wrong, fmt.Errorf("UserPool is set and Stage.UserPoolARN is %q: want one of them", p.Stage.UserPoolARN))
	}
	if unused := p.Stage.OwnPoolFields(); p.UserPool != nil && len(unused) > 0 {
		wrong = append(wrong, fmt.Errorf("UserPool is set, so these fields of Stage have no effect: %s; leave them out", strings.Join(unused, ", ")))
	}
	if p.UserPool == nil && len(p.AuthorizationScopes) > 0 {
		wrong = append(wrong, errors.New("AuthorizationScopes are those of UserPool, which is nil: set it, or leave them out"))
	}
	wrong = append(wrong, stage.CheckScopes(p.AuthorizationScopes)...)
	if p.Code != nil && p.Handler != "" {
		wrong = append(wrong, errors.New("Code and Handler are set: want one of them"))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Environment)) {
		if slices.Contains(ownEnvironment, name) {
			wrong = append(wrong, fmt.Errorf("Environment has %s, which the construct sets itself: want another name", name))
		}
	}
	return errors.Join(wrong...)
}
