package gofed

import (
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// relationMember is the relationship between an organisation and its network.
const relationMember = federation.Namespace + "member"

func referralObject(r *federation.Referral, from, to string) vocab.Type {
	o := streams.NewActivityStreamsArticle()
	o.SetJSONLDType(typesOf("Article", "Referral"))
	o.SetJSONLDId(idOf(r.ID))
	o.SetActivityStreamsAttributedTo(author(from))
	o.SetActivityStreamsTo(receiver(to))
	u := o.GetUnknownProperties()
	u["schema"], u["revision"] = r.Schema, r.Revision
	put(u, "kind", r.Kind)
	put(u, "urgency", r.Urgency)
	put(u, "respondBy", instant(r.RespondBy))
	put(u, "purpose", r.Purpose)
	put(u, "feedbackDue", r.FeedbackDue)
	putList(u, "needs", r.Needs)
	putList(u, "issues", r.Issues)
	s := map[string]interface{}{}
	put(s, "kind", r.Subject.Kind)
	put(s, "ageBand", r.Subject.AgeBand)
	put(s, "sex", r.Subject.Sex)
	put(s, "sizeBand", r.Subject.SizeBand)
	put(s, "minors", r.Subject.Minors)
	put(s, "statusFamily", r.Subject.StatusFamily)
	put(s, "areaLevel", r.Subject.AreaLevel)
	put(s, "areaCode", r.Subject.AreaCode)
	put(s, "interpreter", r.Subject.Interpreter)
	put(s, "guardianPresent", r.Subject.GuardianPresent)
	if len(s) > 0 {
		u["subject"] = s
	}
	var phrases []any
	for _, p := range r.Phrases {
		one := map[string]interface{}{"code": p.Code}
		if len(p.Slots) > 0 {
			filled := map[string]interface{}{}
			for name, value := range p.Slots {
				filled[name] = value
			}
			one["slots"] = filled
		}
		phrases = append(phrases, one)
	}
	if len(phrases) > 0 {
		u["phrases"] = phrases
	}
	d := map[string]interface{}{"policy": r.Disclosure.Policy, "k": r.Disclosure.K}
	putList(d, "transforms", r.Disclosure.Transforms)
	u["disclosure"] = d
	u["consent"] = map[string]interface{}{"basis": r.Consent.Basis, "scope": r.Consent.Scope, "version": r.Consent.Version}
	return o
}

func engagementObject(e *federation.Engagement, from, to string) vocab.Type {
	o := streams.NewActivityStreamsArticle()
	o.SetJSONLDType(typesOf("Article", "Engagement"))
	o.SetJSONLDId(idOf(e.ID))
	o.SetActivityStreamsAttributedTo(author(from))
	o.SetActivityStreamsTo(receiver(to))
	u := o.GetUnknownProperties()
	u["revision"] = e.Revision
	put(u, "referral", e.Referral)
	put(u, "state", e.State)
	put(u, "step", e.Step)
	putList(u, "outcomes", e.Outcomes)
	put(u, "reason", e.Reason)
	put(u, "nextUpdate", e.NextUpdate)
	put(u, "month", e.Month)
	return o
}

func membershipObject(m *federation.Membership) vocab.Type {
	o := streams.NewActivityStreamsRelationship()
	o.SetJSONLDType(typesOf("Relationship", "Membership"))
	o.SetJSONLDId(idOf(m.ID))
	subject := streams.NewActivityStreamsSubjectProperty()
	subject.SetIRI(link(m.Member))
	o.SetActivityStreamsSubject(subject)
	object := streams.NewActivityStreamsObjectProperty()
	object.AppendIRI(link(m.Network))
	o.SetActivityStreamsObject(object)
	relation := streams.NewActivityStreamsRelationshipProperty()
	relation.AppendIRI(link(relationMember))
	o.SetActivityStreamsRelationship(relation)
	put(o.GetUnknownProperties(), "tier", m.Tier)
	return o
}

func membersObject(m *federation.Members) (vocab.Type, error) {
	o := streams.NewActivityStreamsOrderedCollection()
	o.SetJSONLDId(idOf(m.ID))
	at, err := time.Parse(time.RFC3339, m.Updated)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "error.federation.invalid", err).With("field", "members.updated").With("why", "time")
	}
	updated := streams.NewActivityStreamsUpdatedProperty()
	updated.Set(at)
	o.SetActivityStreamsUpdated(updated)
	total := streams.NewActivityStreamsTotalItemsProperty()
	total.Set(len(m.Items))
	o.SetActivityStreamsTotalItems(total)
	items := streams.NewActivityStreamsOrderedItemsProperty()
	for _, one := range m.Items {
		items.AppendActivityStreamsOrganization(memberObject(one))
	}
	o.SetActivityStreamsOrderedItems(items)
	u := o.GetUnknownProperties()
	putHubKeys(u, m)
	put(u, "network", m.Network)
	u["version"] = m.Version
	return o, nil
}

func memberObject(m federation.Member) vocab.ActivityStreamsOrganization {
	o := streams.NewActivityStreamsOrganization()
	o.SetJSONLDId(idOf(m.Actor))
	o.SetActivityStreamsName(nameOf(m.Name))
	inbox := streams.NewActivityStreamsInboxProperty()
	inbox.SetIRI(link(m.Inbox))
	o.SetActivityStreamsInbox(inbox)
	both := []federation.PublicKey{{ID: m.KeyID, PEM: m.PublicKeyPEM}}
	if m.OldKey.ID != "" {
		both = append(both, m.OldKey)
	}
	o.SetW3IDSecurityV1PublicKey(keysOf(m.Actor, both...))
	u := o.GetUnknownProperties()
	putAssertion(u, m.Actor, m.Assertion, m.OldKey)
	put(u, "tier", m.Tier)
	put(u, "state", m.State)
	putList(u, "services", m.Services)
	putList(u, "regions", m.Regions)
	putList(u, "languages", m.Languages)
	put(u, "capacity", m.Capacity)
	return o
}

func nameOf(s string) vocab.ActivityStreamsNameProperty {
	p := streams.NewActivityStreamsNameProperty()
	p.AppendXMLSchemaString(s)
	return p
}

// announced is an organisation in as much as it tells of its new key.
func announced(actor string, k *federation.PublicKey) vocab.Type {
	o := streams.NewActivityStreamsOrganization()
	o.SetJSONLDId(idOf(actor))
	o.SetW3IDSecurityV1PublicKey(keysOf(actor, *k))
	putAssertion(o.GetUnknownProperties(), actor, k.Assertion, federation.PublicKey{})
	return o
}

func keysOf(owner string, keys ...federation.PublicKey) vocab.W3IDSecurityV1PublicKeyProperty {
	list := streams.NewW3IDSecurityV1PublicKeyProperty()
	for _, k := range keys {
		key := streams.NewW3IDSecurityV1PublicKey()
		key.SetJSONLDId(idOf(k.ID))
		o := streams.NewW3IDSecurityV1OwnerProperty()
		o.Set(link(owner))
		key.SetW3IDSecurityV1Owner(o)
		p := streams.NewW3IDSecurityV1PublicKeyPemProperty()
		p.Set(k.PEM)
		key.SetW3IDSecurityV1PublicKeyPem(p)
		put(key.GetUnknownProperties(), "expires", k.End)
		list.AppendW3IDSecurityV1PublicKey(key)
	}
	return list
}
