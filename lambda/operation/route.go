package operation

// Route is the path of an API resource that presigns operations.
type Route string

// The routes. Each has its own function and execution role, so the upload function can neither read nor delete.
const (
	Upload   Route = "/generate-presigned-url"
	Download Route = "/generate-presigned-download-url"
	Delete   Route = "/generate-presigned-delete-url"
)

// Routes lists the routes, in the order of the table.
func Routes() []Route { return []Route{Upload, Download, Delete} }

// Name is the route's name in construct IDs, outputs and the contract.
func (r Route) Name() string {
	return map[Route]string{Upload: "Upload", Download: "Download", Delete: "Delete"}[r]
}
