package cli

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"example.com/presigned/client/settings"
	"example.com/presigned/client/state"
)

// stacksPatience is how long another process may take to write down a stack.
const stacksPatience = 5 * time.Second

// knownStacks reads which stacks somebody has signed in to.
func (o *options) knownStacks() (known settings.Known, err error) {
	if o.app.ConfigDir == "" {
		return known, nil
	}
	err = o.withStacks(context.Background(), func(slot *state.Slot) error {
		_, err := slot.Load(&known)
		return err
	})
	return known, err
}

// rememberStack makes the stack the one of the commands that follow, in any folder.
func (o *options) rememberStack(ctx context.Context, s settings.Settings) error {
	return o.withStacks(ctx, func(slot *state.Slot) error {
		var known settings.Known
		if _, err := slot.Load(&known); err != nil {
			return err
		}
		known.Add(s)
		return slot.Save(known)
	})
}

func (o *options) withStacks(ctx context.Context, do func(*state.Slot) error) (err error) {
	slot, err := state.New(filepath.Join(o.app.ConfigDir, "presigned")).Wait(ctx, "stacks", stacksPatience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	return do(slot)
}
