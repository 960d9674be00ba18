package policies

import (
	"slices"
	"strings"
)

// Field is one entry of the registry: what a field is, and how it may leave. A
// path that is not in the registry is class A.
type Field struct {
	Path      string
	Class     Class
	S26       bool   // sensitive data in the sense of section 26 of the Thai data protection act
	Quasi     bool   // helps to single a person out together with others; counted in the small-number check
	Retention string // case, referral, network
	Release   string // default: never, stage2, stage1, network, public
	// Ladder names the transforms from the finest to the coarsest; the field
	// leaves by the first that the small-number check allows. Empty: never.
	Ladder []string
	Lists  []string // vocabularies, where the transform is code/1; the value is a code of one of them
}

// Key is the message key of the field's name.
func (f Field) Key() string { return "policy.field." + strings.ReplaceAll(f.Path, "/", ".") }

// Fields returns the registry: every field that the gate knows, in the order in
// which people should see them.
func Fields() []Field {
	return slices.Concat(referralFields(), refusedFields(), handoverFields(), engagementFields(), membershipFields(), applicationFields(), publicFields(), meetingFields(), lessonFields())
}

// FieldOf returns the registry's entry for a path; an unknown path is class A.
func FieldOf(path string) Field {
	for _, f := range Fields() {
		if f.Path == path {
			return f
		}
	}
	return Field{Path: path, Class: ClassA, Release: "never"}
}

func coded(path, list string, more ...string) Field {
	return Field{Path: path, Class: ClassD, Retention: "referral", Release: "stage1", Ladder: []string{"code/1"}, Lists: append([]string{list}, more...)}
}

func plain(path, transform string) Field {
	return Field{Path: path, Class: ClassD, Retention: "referral", Release: "stage1", Ladder: []string{transform}}
}

func coarse(path string, quasi, s26 bool, ladder ...string) Field {
	return Field{Path: path, Class: ClassC, Quasi: quasi, S26: s26, Retention: "case", Release: "stage1", Ladder: ladder}
}

func never(class Class, release string, s26 bool, paths ...string) []Field {
	var out []Field
	for _, p := range paths {
		out = append(out, Field{Path: p, Class: class, S26: s26, Retention: "case", Release: release})
	}
	return out
}

// Paths that the gate itself looks at.
const (
	pathBirth     = "referral/subject/birth_date"
	pathSex       = "referral/subject/sex"
	pathHousehold = "referral/subject/household"
	pathStatus    = "referral/subject/status"
	pathPlace     = "referral/subject/place"
	pathIssues    = "referral/issues"
)

func referralFields() []Field {
	issues := coded(pathIssues, "issue")
	issues.Quasi = true
	sex := coarse(pathSex, true, false, "sex/1")
	return []Field{
		plain("referral/message", "permission/1"),
		coded("referral/kind", "referral_kind"),
		coded("referral/urgency", "urgency"),
		plain("referral/respond_by", "hour/1"),
		coded("referral/purpose", "purpose"),
		coded("referral/needs", "service_type"),
		issues,
		coded("referral/subject/kind", "subject_kind"),
		coarse(pathBirth, true, false, "age_band/1", "age_coarse/1"),
		sex,
		coarse(pathHousehold, true, false, "size_band/1", "size_family/1"),
		coarse("referral/subject/minors", true, false, "minors_band/1"),
		coarse(pathStatus, true, true, "status_family/1", "status_top/1"),
		coarse(pathPlace, true, false, "place_province/1", "place_region/1"),
		coarse("referral/subject/interpreter", true, false, "interpreter/1"),
		plain("referral/subject/guardian_present", "yes_no/1"),
		plain("referral/phrases", "phrase/1"),
		plain("referral/feedback_due", "day/1"),
		coded("referral/consent/basis", "legal_basis"),
		plain("referral/consent/scope", "scope/1"),
		plain("referral/consent/version", "version/1"),
	}
}

// refusedFields exist so that a page can show them, with the reason why they stay.
func refusedFields() []Field {
	return slices.Concat(
		never(ClassB, "stage2", false, "referral/person/full_name", "referral/person/other_names", "referral/person/contact",
			"referral/person/guardian_name", "referral/person/documents", "referral/person/needs_text"),
		never(ClassA, "never", false, "referral/person/national_id", "referral/person/g_code", "referral/person/passport", "referral/person/phone",
			"referral/person/address_line", "referral/person/village", "referral/person/district", "referral/person/location", "referral/person/line_id",
			"referral/person/employer", "referral/person/photo", "referral/case_number", "referral/case_id", "referral/opened_on", "referral/narrative",
			"referral/notes", "referral/caseworker", "referral/reporter", "referral/adversary"),
		never(ClassA, "never", true, "referral/person/ethnicity", "referral/person/religion", "referral/person/nationality", "referral/person/status_group",
			"referral/person/health", "referral/person/criminal_record", "referral/person/biometrics", "referral/person/dna_result"),
	)
}

func engagementFields() []Field {
	return []Field{
		plain("engagement/message", "permission/1"),
		coded("engagement/state", "engagement_state"),
		coded("engagement/step", "service_step"),
		coded("engagement/outcomes", "outcome_right"),
		coded("engagement/reason", "fail_reason"),
		plain("engagement/next_update", "day/1"),
		coarse("engagement/month", false, false, "month/1"),
		plain("activity/message", "permission/1"),
		coded("activity/reason", "referral_decline_reason", "withdraw_reason", "membership_decline_reason", "protocol_reason", "handover_refusal", "package_refusal"),
		plain("activity/suggested", "iri/1"),
		coded("activity/confirmed", "client_confirmed"),
		coarse("activity/expected", false, false, "month/1"),
		plain("activity/digest", "digest/1"),
	}
}

func membershipFields() []Field {
	public := func(path, transform string, lists ...string) Field {
		return Field{Path: path, Class: ClassE, Retention: "network", Release: "network", Ladder: []string{transform}, Lists: lists}
	}
	return []Field{
		public("membership/message", "permission/1"),
		public("membership/tier", "code/1", "member_tier"),
		public("membership/key_id", "iri/1"),
		public("membership/key", "text/1"),
		public("membership/assertion_id", "iri/1"),
		public("membership/assertion", "text/1"),
		public("members/version", "version/1"),
		public("members/updated", "version/1"),
		public("members/actor", "iri/1"),
		public("members/name", "text/1"),
		public("members/inbox", "iri/1"),
		public("members/key_id", "iri/1"),
		public("members/key", "text/1"),
		public("members/key_end", "text/1"),
		public("members/assertion_id", "iri/1"),
		public("members/assertion", "text/1"),
		public("members/hub_key_id", "iri/1"),
		public("members/hub_key", "text/1"),
		public("members/hub_key_end", "text/1"),
		public("members/proof", "text/1"),
		public("members/proof_time", "version/1"),
		public("members/tier", "code/1", "member_tier"),
		public("members/state", "code/1", "member_state"),
		public("members/services", "code/1", "service_type"),
		public("members/regions", "code/1", "region", "province"),
		public("members/languages", "code/1", "language"),
		public("members/capacity", "code/1", "capacity_status"),
	}
}
