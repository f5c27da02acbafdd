package stack

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/presigned/infra/stage"
)

// addTags puts the stage's tags on everything that takes tags.
func addTags(stack awscdk.Stack, config stage.Stage) {
	for _, key := range slices.Sorted(maps.Keys(config.Tags)) {
		awscdk.Tags_Of(stack).Add(new(key), new(config.Tags[key]), nil)
	}
}
