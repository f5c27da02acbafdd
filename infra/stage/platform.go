package stage

// Platform is what a platform team puts around the core. Everything here is off by default; its fields
// stand in a stage's entry beside the others.
type Platform struct {
	// DomainName serves the API at https://<DomainName>/ (TLS 1.2 or later) and closes API Gateway's
	// own address. Wants the next three. Default none.
	DomainName string `json:"domainName"`
	// CertificateArn of an ACM certificate for DomainName in the stack's own region.
	CertificateArn string `json:"certificateArn"`
	// HostedZoneID and HostedZoneName of the Route 53 zone that gets the alias record.
	HostedZoneID   string `json:"hostedZoneId"`
	HostedZoneName string `json:"hostedZoneName"`

	// SignInDomain is the prefix of Cognito's sign-in pages and token endpoint, unique in the region:
	// https://<SignInDomain>.auth.<region>.amazoncognito.com. Wanted by the next two. Default none.
	SignInDomain string `json:"signInDomain"`
	// ManagedLogin switches on Cognito's own sign-in pages for the app client: authorization code with
	// PKCE. It moves the user pool to the ESSENTIALS plan (about three times LITE's price per user).
	ManagedLogin bool `json:"managedLogin"`
	// CallbackURLs and LogoutURLs are where managed login may return to: https, and http://localhost
	// outside production.
	CallbackURLs []string `json:"callbackUrls"`
	LogoutURLs   []string `json:"logoutUrls"`
	// MachineClients are app clients for systems without a user, one for each name (a letter, then
	// letters and digits): client credentials with the scope uploads/write. Cognito makes each secret;
	// no template holds it. Cognito bills each client and each token.
	MachineClients []string `json:"machineClients"`

	// BucketName names the bucket, for a team whose rules demand a name: 3 to 63 of a-z, 0-9 and "-". Default
	// none: CloudFormation makes one up, and can then replace the bucket.
	BucketName string `json:"bucketName"`
	// WAFRateLimit puts an AWS WAF before the API: AWS's common, known-bad-input and IP-reputation
	// rules, and at most this many requests of one IP address in five minutes, 10 to 2,000,000,000.
	// 0, the default, means no WAF. Billed by ACL, rule and request.
	WAFRateLimit int `json:"wafRateLimit"`
	// KMSKey encrypts the bucket with a key of the stack's own: kms:GenerateDataKey for the upload role,
	// kms:Decrypt where it has parts to join or the download role objects to read. Billed by month and
	// by request, which the bucket key cuts to few. Default false: S3's own keys.
	KMSKey bool `json:"kmsKey"`
	// ServerAccessLogs writes a line for each request to the bucket into a second bucket, kept for
	// LogRetentionDays. Default false.
	ServerAccessLogs bool `json:"serverAccessLogs"`
	// MalwareScan has GuardDuty scan every upload and tag it; the bucket policy then refuses to read an
	// object until its tag says clean. Billed by object and by GB. Default false.
	MalwareScan bool `json:"malwareScan"`
	// UploadEvents sends an event for each completed upload to a queue, as an example of a consumer.
	UploadEvents bool `json:"uploadEvents"`

	// Alarms watches API and functions, ten cents an alarm and month. Default false.
	Alarms bool `json:"alarms"`
	// AlarmTopicArn is the SNS topic that alarms and their ends are sent to. Default none: they show in
	// the console alone.
	AlarmTopicArn string `json:"alarmTopicArn"`
	// Dashboard brings a dashboard, metrics made from the functions' logs (URLs issued by operation,
	// refused by code; each custom metric in use is billed) and saved log queries. Default false.
	Dashboard bool `json:"dashboard"`
	// Tags go on every resource of the stack that takes tags: at most 50.
	Tags map[string]string `json:"tags"`
}
