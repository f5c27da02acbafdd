package objectstore

import "example.com/presigned/local/template"

// Coverage says what the store does with the properties of the resources that it stands for.
func Coverage() template.Coverage {
	return template.Coverage{
		"AWS::S3::Bucket": {
			Modelled: []string{
				"BucketName",
				"CorsConfiguration.CorsRules.Id", // a name
				"CorsConfiguration.CorsRules.AllowedHeaders",
				"CorsConfiguration.CorsRules.AllowedMethods",
				"CorsConfiguration.CorsRules.AllowedOrigins",
				"CorsConfiguration.CorsRules.ExposedHeaders",
				"CorsConfiguration.CorsRules.MaxAge",
				"VersioningConfiguration.Status",
			},
			Only: map[string][]any{
				"OwnershipControls.Rules.ObjectOwnership":              {"BucketOwnerEnforced"},
				"PublicAccessBlockConfiguration.BlockPublicAcls":       {true},
				"PublicAccessBlockConfiguration.BlockPublicPolicy":     {true},
				"PublicAccessBlockConfiguration.IgnorePublicAcls":      {true},
				"PublicAccessBlockConfiguration.RestrictPublicBuckets": {true},
			},
			NotEnforced: map[string]string{
				"BucketEncryption":          "objects are plain files on this machine",
				"LifecycleConfiguration":    "nothing expires: incomplete uploads stay until the folder goes",
				"LoggingConfiguration":      "requests are logged on standard error only",
				"NotificationConfiguration": "no events are sent",
				"Tags":                      "not stored",
			},
		},
		"AWS::S3::BucketPolicy": {
			Modelled: []string{"Bucket", "PolicyDocument"}, // its own check: bucketpolicy.Parse
		},
		"AWS::IAM::Role": {
			Modelled: []string{"Policies.PolicyName", "Policies.PolicyDocument", "Description"},
			NotEnforced: map[string]string{
				"AssumeRolePolicyDocument": "the local run opens the role's sessions by itself",
				"ManagedPolicyArns":        "AWS's managed policies grant nothing locally",
				"Tags":                     "not stored",
			},
		},
		"AWS::IAM::Policy": {
			Modelled: []string{"PolicyName", "PolicyDocument", "Roles"},
		},
	}
}
