package template

// Coverage says, for each resource type that a part stands for, what the part does with its properties.
//
//	template.Coverage{
//		"AWS::S3::Bucket": {
//			Modelled:    []string{"CorsConfiguration.CorsRules.AllowedOrigins", "VersioningConfiguration"},
//			NotEnforced: map[string]string{"BucketEncryption": "files are not encrypted on this machine's disk"},
//			Only:        map[string][]any{"ObjectLockEnabled": {false}},
//		},
//		"AWS::CloudWatch::Alarm": {Ignored: "nothing is measured locally"},
//	}
//
// A property path is the property names joined by dots; lists are transparent (the path of a rule's AllowedOrigins
// is CorsConfiguration.CorsRules.AllowedOrigins). A path covers the property and all below it, so name the deepest
// properties that the part truly reads, and only those.
type Coverage map[string]Type

// Type is what a part does with the properties of one resource type.
type Type struct {
	// Modelled are the paths that the part reads and acts on.
	Modelled []string
	// NotEnforced are the paths that are accepted without effect, each with the reason. They are printed.
	NotEnforced map[string]string
	// Only are paths accepted with these (evaluated) values alone, because with them they ask for nothing that the
	// part does not do anyway. Any other value stops the start.
	Only map[string][]any
	// Ignored, if not "", is the reason why the whole type has no effect. It is printed.
	Ignored string
}

// NotEnforced is one line of the list printed at the start.
type NotEnforced struct {
	LogicalID string
	Type      string
	Property  string // a property path, or "" for the whole resource
	Reason    string
}
