package gofed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/go-fed/activity/pub"
	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// activity is what all activity types of go-fed that we use have in common.
type activity interface {
	pub.Activity
	GetActivityStreamsPublished() vocab.ActivityStreamsPublishedProperty
	SetActivityStreamsPublished(vocab.ActivityStreamsPublishedProperty)
	GetActivityStreamsResult() vocab.ActivityStreamsResultProperty
	SetActivityStreamsResult(vocab.ActivityStreamsResultProperty)
	GetUnknownProperties() map[string]interface{}
}

// newActivity returns an empty go-fed activity of a type, nil for types that
// have no effect here.
func newActivity(t federation.Type) activity {
	switch t {
	case federation.Offer:
		return streams.NewActivityStreamsOffer()
	case federation.Read:
		return streams.NewActivityStreamsRead()
	case federation.TentativeAccept:
		return streams.NewActivityStreamsTentativeAccept()
	case federation.Accept:
		return streams.NewActivityStreamsAccept()
	case federation.Reject:
		return streams.NewActivityStreamsReject()
	case federation.Update:
		return streams.NewActivityStreamsUpdate()
	case federation.Undo:
		return streams.NewActivityStreamsUndo()
	case federation.Join:
		return streams.NewActivityStreamsJoin()
	case federation.Leave:
		return streams.NewActivityStreamsLeave()
	case federation.Invite:
		return streams.NewActivityStreamsInvite()
	case federation.Add:
		return streams.NewActivityStreamsAdd()
	case federation.View:
		return streams.NewActivityStreamsView()
	case federation.Delete:
		return streams.NewActivityStreamsDelete()
	}
	return nil
}

// Encode writes an activity as ActivityStreams JSON. The same value always gives
// the same bytes. An activity that federation.Validate refuses is not written.
func Encode(a federation.Activity) (body []byte, err error) {
	defer recovered(&err)
	if err := federation.Validate(a); err != nil {
		return nil, err
	}
	v := newActivity(a.Type)
	v.SetJSONLDId(idOf(a.ID))
	actor := streams.NewActivityStreamsActorProperty()
	actor.AppendIRI(link(a.Actor))
	v.SetActivityStreamsActor(actor)
	v.SetActivityStreamsTo(receiver(a.To))
	published := streams.NewActivityStreamsPublishedProperty()
	published.Set(a.Published)
	v.SetActivityStreamsPublished(published)
	if err := attach(v, a); err != nil {
		return nil, err
	}
	u := v.GetUnknownProperties()
	u["sequence"] = a.Sequence
	put(u, "reasonCode", a.Reason)
	put(u, "suggestedTarget", a.Suggested)
	put(u, "confirmed", a.Confirmed)
	put(u, "expected", a.Expected)
	put(u, "digest", a.Digest)
	if a.Application != nil {
		u["instrument"] = applicationDoc(a.Application, a.Actor)
	}
	if a.Members != nil || a.Key != nil { // it carries keys
		doc, err := finished(v, contextStreams, contextSecurity)
		if err == nil && a.Members != nil && a.Members.Proof.Value != "" { // proved as a document of its own, and it stays one
			doc["object"], err = membersDocument(a.Members)
		}
		if err != nil {
			return nil, err
		}
		return written(doc)
	}
	return finish(v, contextStreams)
}

// attach sets object and result.
func attach(v activity, a federation.Activity) error {
	var object, result vocab.Type
	switch {
	case a.Referral != nil:
		object = referralObject(a.Referral, a.Actor, a.To)
	case a.Members != nil:
		list, err := membersObject(a.Members)
		if err != nil {
			return err
		}
		object = list
	case a.Key != nil:
		object = announced(a.Actor, a.Key)
	case a.Engagement != nil && a.Type == federation.Accept:
		result = engagementObject(a.Engagement, a.Actor, a.To)
	case a.Engagement != nil:
		object = engagementObject(a.Engagement, a.Actor, a.To)
	case a.Membership != nil:
		result = membershipObject(a.Membership)
	case a.Request != nil:
		object = requestObject(a.Request, a.Actor, a.To)
	case a.Package != nil:
		object = packageObject(a.Package, a.Actor, a.To)
	case a.Purge != nil:
		result = purgeObject(a.Purge, a.Actor, a.To)
	}
	p := streams.NewActivityStreamsObjectProperty()
	if object == nil {
		p.AppendIRI(link(a.Object))
	} else if err := p.AppendType(object); err != nil {
		return err
	}
	v.SetActivityStreamsObject(p)
	if result != nil {
		r := streams.NewActivityStreamsResultProperty()
		if err := r.AppendType(result); err != nil {
			return err
		}
		v.SetActivityStreamsResult(r)
	}
	return nil
}

// EncodeReferral writes a referral as a document of its own, as its sender
// serves it to the organisation that it was offered to.
func EncodeReferral(r federation.Referral, from, to string) (body []byte, err error) {
	defer recovered(&err)
	return finish(referralObject(&r, from, to), contextStreams)
}

// EncodeEngagement writes an engagement as a document of its own.
func EncodeEngagement(e federation.Engagement, from, to string) (body []byte, err error) {
	defer recovered(&err)
	return finish(engagementObject(&e, from, to), contextStreams)
}

// EncodeMembership writes a membership as a document of its own.
func EncodeMembership(m federation.Membership) (body []byte, err error) {
	defer recovered(&err)
	return finish(membershipObject(&m), contextStreams)
}

// finish serialises a go-fed value: our context in place of the one that go-fed
// makes, arrays where arrays belong, sorted keys, no escapes that nobody needs.
func finish(v vocab.Type, contexts ...string) ([]byte, error) {
	doc, err := finished(v, contexts...)
	if err != nil {
		return nil, err
	}
	return written(doc)
}

func finished(v vocab.Type, contexts ...string) (map[string]any, error) {
	doc, err := v.Serialize() // not streams.Serialize: its context has a random order
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", fmt.Errorf("gofed: serialise: %w", err))
	}
	arrays(doc)
	list := make([]any, 0, len(contexts)+1)
	for _, c := range contexts {
		list = append(list, c)
	}
	if own := inline(doc); own != nil {
		list = append(list, own)
	}
	doc["@context"] = list
	if len(list) == 1 {
		doc["@context"] = list[0]
	}
	return doc, nil
}

func written(doc map[string]any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", fmt.Errorf("gofed: encode: %w", err))
	}
	body := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if len(body) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	return body, nil
}

// arrays puts back the arrays that go-fed writes as single values.
func arrays(v any) {
	m, ok := v.(map[string]any)
	if !ok {
		if list, ok := v.([]any); ok {
			for _, one := range list {
				arrays(one)
			}
		}
		return
	}
	delete(m, "@context")
	for key, inner := range m {
		if _, is := inner.([]any); !is && (key == "to" || key == "orderedItems") {
			inner = []any{inner}
			m[key] = inner
		}
		arrays(inner)
	}
}

func idOf(iri string) vocab.JSONLDIdProperty {
	p := streams.NewJSONLDIdProperty()
	p.Set(link(iri))
	return p
}

func typesOf(names ...string) vocab.JSONLDTypeProperty {
	p := streams.NewJSONLDTypeProperty()
	for _, n := range names {
		p.AppendXMLSchemaString(n)
	}
	return p
}

func receiver(iri string) vocab.ActivityStreamsToProperty {
	p := streams.NewActivityStreamsToProperty()
	p.AppendIRI(link(iri))
	return p
}

func author(iri string) vocab.ActivityStreamsAttributedToProperty {
	p := streams.NewActivityStreamsAttributedToProperty()
	p.AppendIRI(link(iri))
	return p
}

// link parses an identifier that has been checked; what cannot be parsed panics
// and comes back as an error of Encode.
func link(iri string) *url.URL {
	u, err := url.Parse(iri)
	if err != nil || iri == "" {
		panic(fmt.Sprintf("gofed: not an identifier: %q", iri))
	}
	return u
}

func put(m map[string]interface{}, key, value string) {
	if value != "" {
		m[key] = value
	}
}

func putList(m map[string]interface{}, key string, values []string) {
	if len(values) == 0 {
		return
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	m[key] = list
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// recovered turns a panic below into an error: go-fed is known to panic.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fault.Wrap(fault.Invalid, "error.federation.malformed", fault.Caught(p)).With("why", "panic")
	}
}
