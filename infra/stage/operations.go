package stage

import "example.com/presigned/lambda/operation"

// Options returns the operation table's options that the stage switches on.
func (s Stage) Options() []operation.Option {
	options := []operation.Option{operation.Single}
	if s.Multipart {
		options = append(options, operation.Multipart)
	}
	if s.Downloads {
		options = append(options, operation.Downloads)
	}
	if s.Listing {
		options = append(options, operation.Listing)
	}
	if s.Deletion {
		options = append(options, operation.Deletion)
	}
	return options
}

// Operations returns the operations that the stage switches on for one route, the route's default first.
func (s Stage) Operations(route operation.Route) []operation.Operation {
	return operation.Enabled(route, s.Options()...)
}
