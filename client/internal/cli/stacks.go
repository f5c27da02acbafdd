package cli

import (
	"context"
	"path/filepath"
	"time"

	"example.com/presigned/client/settings"
	"example.com/presigned/client/state"
)

// stacksTimeout is how long to wait for another process that stores a stack.
const stacksTimeout = 5 * time.Second

// knownStacks reads the stacks of earlier sign-ins.
func (o *options) knownStacks() (known settings.Known, err error) {
	if o.app.ConfigDir == "" {
		return known, nil
	}
	err = o.configStore().With(context.Background(), "stacks", stacksTimeout, func(slot *state.Slot) error {
		_, err := slot.Load(&known)
		return err
	})
	return known, err
}

// rememberStack makes the stack the default of later commands, in any folder.
func (o *options) rememberStack(ctx context.Context, s settings.Settings) error {
	return o.configStore().With(ctx, "stacks", stacksTimeout, func(slot *state.Slot) error {
		var known settings.Known
		if _, err := slot.Load(&known); err != nil {
			return err
		}
		known.Add(s)
		return slot.Save(known)
	})
}

// configStore has the tokens and the stacks.
func (o *options) configStore() *state.Store {
	return state.New(filepath.Join(o.app.ConfigDir, "presigned"))
}
