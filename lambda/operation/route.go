package operation

// Route is the API resource, and with it the function, that presigns an operation.
type Route string

// The routes. Each has a function and an execution role of its own, so that what writes can neither read nor delete.
const (
	Upload   Route = "/generate-presigned-url"
	Download Route = "/generate-presigned-download-url"
	Delete   Route = "/generate-presigned-delete-url"
)

// Routes lists the routes, in the order of the table.
func Routes() []Route { return []Route{Upload, Download, Delete} }

// Name is the word by which the stack, its outputs and the contract name what belongs to the route.
func (r Route) Name() string {
	switch r {
	case Download:
		return "Download"
	case Delete:
		return "Delete"
	default:
		return "Upload"
	}
}
