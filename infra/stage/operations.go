package stage

import (
	"maps"
	"slices"

	"example.com/presigned/lambda/operation"
)

// OperationOptions returns the options that switch operations on, if the stage has them on.
func (s Stage) OperationOptions() []operation.Option {
	on := map[operation.Option]bool{
		operation.Single:    true,
		operation.Multipart: s.Multipart,
		operation.Downloads: s.Downloads,
		operation.Listing:   s.Listing,
		operation.Deletion:  s.Deletion,
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(on)), func(option operation.Option) bool { return !on[option] })
}

// Operations returns the operations that the stage switches on for one route, the route's default first.
func (s Stage) Operations(route operation.Route) []operation.Operation {
	return operation.Enabled(route, s.OperationOptions()...)
}
