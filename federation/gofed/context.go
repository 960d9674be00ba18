package gofed

import (
	"reflect"

	"github.com/saphan-network/saphan/federation"
)

// The contexts that documents of ours name.
const (
	contextStreams  = "https://www.w3.org/ns/activitystreams"
	contextSecurity = "https://w3id.org/security/v1"
)

// known are the contexts by name that a document from elsewhere may carry. None
// is ever fetched; all that is read are the short names that they define.
var known = map[string]bool{
	contextStreams:                                true,
	contextStreams + "#":                          false, // go-fed does not know this spelling, and nobody here writes it
	contextSecurity:                               true,
	"https://w3id.org/identity/v1":                true,
	"https://w3id.org/security/data-integrity/v1": true,
	"https://w3id.org/security/data-integrity/v2": true,
	"https://w3id.org/security/multikey/v1":       true,
	"https://www.w3.org/ns/did/v1":                true,
	"https://w3id.org/fep/5711":                   true,
	"https://gotosocial.org/ns":                   true,
}

const prefix = "saphan"

// id is a term whose value is an identifier.
func id(name string) any {
	return map[string]any{"@id": prefix + ":" + name, "@type": "@id"}
}

// terms are the words of ours, as the inline context of a document defines them.
var terms = func() map[string]any {
	m := map[string]any{
		"agenda": id("agenda"), "proposedBy": id("proposedBy"), "signatories": id("signatories"), "suggestedTarget": id("suggestedTarget"), "referral": id("referral"), "network": id("network"), "members": id("members"), "applications": id("applications"),
		"engagement": id("engagement"), "disclosureRequest": id("disclosureRequest"), "sealedPackage": id("sealedPackage"), "sealedTo": id("sealedTo"), "provedBy": id("provedBy"),
		"slots": map[string]any{"@id": prefix + ":slots", "@type": "@json"},
	}
	for _, name := range []string{"tried", "worked", "failed", "limits"} {
		m[name] = map[string]any{"@id": prefix + ":" + name, "@container": "@language"}
	}
	for _, name := range []string{
		"Referral", "Engagement", "Membership", "DisclosureRequest", "SealedPackage", "PurgeReceipt",
		"fields", "consentRef", "expiresAt", "sealedSize", "chunks", "statementProof", "provedAt", "provedValue", "erased", "kept",
		"sequence", "reasonCode", "confirmed", "expected", "digest",
		"schema", "revision", "kind", "urgency", "respondBy", "purpose", "needs", "issues", "phrases", "feedbackDue", "disclosure", "consent",
		"ageBand", "sex", "sizeBand", "minors", "statusFamily", "areaLevel", "areaCode", "interpreter", "guardianPresent",
		"code", "policy", "transforms", "k", "basis", "scope", "version",
		"state", "step", "outcomes", "reason", "nextUpdate", "month",
		"tier", "services", "regions", "languages", "capacity",
		"Meeting", "Agenda", "AgendaItem", "Minutes", "ActionItem", "Vote", "Ballot", "Lesson", "Reply", "Trial", "Campaign", "Milestone",
		"EvidenceRequest", "EvidenceAnswer", "SecurityAlert",
		"stage", "severity", "tlp", "measure", "from", "until", "count",
		"laws", "date", "issue", "officeType", "region", "evidence",
		"MembershipRequest", "contact",
		"Attendance", "Progress", "Remark", "proposeUntil", "section", "wanted", "number", "mode", "resolved",
	} {
		m[name] = prefix + ":" + name
	}
	return m
}()

// foreign are words of others that documents of ours use, defined inline as well:
// a context by name is one more thing that a reader would have to know.
var foreign = map[string]any{
	"implements": map[string]any{"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set"},

	"keyAgreement":       map[string]any{"@id": security + "keyAgreementMethod", "@type": "@id", "@container": "@set"},
	"assertionMethod":    map[string]any{"@id": security + "assertionMethod", "@type": "@id", "@container": "@set"},
	"Multikey":           security + "Multikey",
	"controller":         map[string]any{"@id": security + "controller", "@type": "@id"},
	"publicKeyMultibase": map[string]any{"@id": security + "publicKeyMultibase", "@type": security + "multibase"},

	"manuallyApprovesFollowers": contextStreams + "#manuallyApprovesFollowers",
	"discoverable":              "http://joinmastodon.org/ns#discoverable",
	"indexable":                 "http://joinmastodon.org/ns#indexable",
	"sensitive":                 contextStreams + "#sensitive",
	"eventStatus":               "https://schema.org/eventStatus",
	"timezone":                  "https://schema.org/scheduleTimezone",
	virtual:                     "https://schema.org/VirtualLocation",
}

// security is where the words about keys are at home.
const security = "https://w3id.org/security#"

// termsOfActors are those of ours that an actor document is read for. Other
// software uses some of the rest for its own.
var termsOfActors = map[string]any{"members": terms["members"], "applications": terms["applications"]}

// inline returns the context object with those terms of ours and foreign ones that
// doc uses, nil if it uses none.
func inline(doc map[string]any) map[string]any {
	used := map[string]any{}
	collect(doc, used)
	if len(used) == 0 {
		return nil
	}
	return used
}

func collect(v any, used map[string]any) {
	note := func(word string) {
		if def, ours := terms[word]; ours {
			used[word], used[prefix] = def, federation.Namespace
		} else if def, is := foreign[word]; is {
			used[word] = def
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			note(key)
			if key == "type" {
				words, _ := texts(inner)
				for _, w := range words {
					note(w)
				}
			}
			if key != "slots" {
				collect(inner, used)
			}
		}
	case []any:
		for _, inner := range v {
			collect(inner, used)
		}
	}
}

// checkContext accepts a context only if it leaves every word that is read here
// with its meaning: contexts named must be known ones, ActivityStreams among
// them, and inline the terms of ours that are read must be defined as we define
// them, those of ActivityStreams not at all.
func checkContext(v any, ours map[string]any) error {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	streams := false
	for _, one := range list {
		switch c := one.(type) {
		case string:
			if !known[c] {
				return misshapen("@context", "unknown")
			}
			streams = streams || c == contextStreams
		case map[string]any:
			if err := checkInline(c, ours); err != nil {
				return err
			}
		default:
			return misshapen("@context", "form")
		}
	}
	if !streams {
		return misshapen("@context", "missing")
	}
	return nil
}

func checkInline(c, ours map[string]any) error {
	for word, def := range c {
		if word[0] == '@' {
			return misshapen("@context", "keyword")
		}
		if word == prefix {
			if def != federation.Namespace {
				return misshapen("@context", "redefined")
			}
			continue
		}
		if want, is := ours[word]; is {
			if !reflect.DeepEqual(def, want) {
				return misshapen("@context", "redefined")
			}
			continue
		}
		if want, is := foreign[word]; is && !spelled[word] && !reflect.DeepEqual(def, want) {
			return misshapen("@context", "redefined")
		}
		if standard[word] {
			return misshapen("@context", "redefined")
		}
		if !definition(def) {
			return misshapen("@context", "definition")
		}
	}
	return nil
}

// spelled are foreign words whose meaning nothing here depends on. Other software
// defines them too, in spellings of its own.
var spelled = map[string]bool{"implements": true, "manuallyApprovesFollowers": true, "discoverable": true, "indexable": true, "sensitive": true}

// definition accepts what defines a foreign term: an identifier, or the few
// keywords about one. A sentence is no definition.
func definition(def any) bool {
	m, ok := def.(map[string]any)
	if !ok {
		m = map[string]any{"@id": def}
	}
	for keyword, v := range m {
		s, ok := v.(string)
		if !ok || len(s) > 200 || (keyword != "@id" && keyword != "@type" && keyword != "@container") {
			return false
		}
		for i := 0; i < len(s); i++ {
			if s[i] <= ' ' || s[i] >= 0x7f {
				return false
			}
		}
	}
	return true
}

// standard are the words of other vocabularies that are read here.
var standard = map[string]bool{
	"id": true, "type": true, "actor": true, "to": true, "published": true, "object": true, "result": true, "instrument": true,
	"attributedTo": true, "subject": true, "relationship": true, "name": true, "updated": true,
	"totalItems": true, "orderedItems": true, "inbox": true, "outbox": true, "endpoints": true, "sharedInbox": true,
	"preferredUsername": true, "url": true, "publicKey": true, "owner": true, "publicKeyPem": true, "expires": true,
	"cc": true, "nameMap": true, "summary": true, "summaryMap": true, "content": true, "contentMap": true, "startTime": true, "endTime": true, "location": true,
	"Event": true, "Tombstone": true, "Place": true,
	string(federation.Create): true, string(federation.Delete): true, string(federation.Announce): true, string(federation.Follow): true,
	"OrderedCollection": true, "Article": true, "Relationship": true, "Organization": true, "Group": true, "Application": true,
	string(federation.Offer): true, string(federation.Read): true, string(federation.TentativeAccept): true,
	string(federation.Accept): true, string(federation.Reject): true, string(federation.Update): true,
	string(federation.Undo): true, string(federation.Join): true, string(federation.Leave): true, string(federation.Invite): true,
	string(federation.Add): true, string(federation.View): true,
}
