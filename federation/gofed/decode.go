package gofed

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// Envelope is who says what to whom: enough to judge where a message comes from
// before it is read further.
type Envelope struct {
	ID, Type, Actor, To string
}

// Document is a strictly parsed JSON object that claims to be an activity.
type Document struct {
	root     map[string]any
	envelope Envelope

	word   *federation.Word
	judged bool
}

// Parse reads bytes as an activity's JSON, of any type: form, limits, and an
// envelope of single, well-formed identifiers.
func Parse(body []byte) (*Document, error) {
	root, err := strictParse(body)
	if err != nil {
		return nil, err
	}
	d := &Document{root: root}
	name, ok := root["type"].(string)
	if !ok || name == "" || len(name) > 64 {
		return nil, misshapen("type", "string")
	}
	d.envelope.Type = name
	for _, p := range []struct {
		key  string
		into *string
	}{{"id", &d.envelope.ID}, {"actor", &d.envelope.Actor}, {"to", &d.envelope.To}} {
		v := root[p.key]
		if err := oneIRI(p.key, v); err != nil {
			return nil, err
		}
		list, _ := texts(v)
		*p.into = list[0]
	}
	return d, nil
}

// Envelope returns who says what to whom.
func (d *Document) Envelope() Envelope { return d.envelope }

// Known reports whether the document's type has an effect in this network. A word
// about common work is none of these, of whatever type it is.
func (d *Document) Known() bool {
	if !federation.Known(federation.Type(d.envelope.Type)) || !stageTwo(d.root) {
		return false
	}
	return d.Word() == nil
}

// Word returns the word about common work that the document is, nil if it is none.
func (d *Document) Word() *federation.Word {
	if !d.judged {
		d.judged = true
		if w, err := wordOf(d.root); err == nil {
			d.word = &w
		}
	}
	return d.word
}

// Decode reads an activity that has an effect here: strictly parsed, of closed
// shape, and accepted by federation.Validate. Any other type is refused too.
func Decode(body []byte) (federation.Activity, error) {
	d, err := Parse(body)
	if err != nil {
		return federation.Activity{}, err
	}
	return d.Activity()
}

// Activity reads the document as an activity that has an effect here.
func (d *Document) Activity() (a federation.Activity, err error) {
	defer recovered(&err)
	tree, err := d.forGofed()
	if err != nil {
		return a, err
	}
	r, err := streams.NewJSONResolver(callbacks(&a)...)
	if err != nil {
		return a, fault.Wrap(fault.Internal, "error.internal", err)
	}
	if err := r.Resolve(context.Background(), tree); err != nil {
		return federation.Activity{}, readFault(err)
	}
	if a.Application, err = readApplication(d.root, a.Actor); err != nil {
		return federation.Activity{}, err
	}
	return checked(a)
}

// forGofed returns a copy of the document for go-fed, which keeps and changes
// what it is given: the shape is checked, the context is the one that go-fed
// understands without aliases.
func (d *Document) forGofed() (map[string]any, error) {
	if !d.Known() {
		return nil, misshapen("type", "unknown")
	}
	if err := activitySchema.check("", d.root); err != nil {
		return nil, err
	}
	if _, ok := d.root["@context"]; !ok {
		return nil, misshapen("@context", "missing")
	}
	tree, _ := copied(d.root).(map[string]any)
	delete(tree, "instrument") // read by hand
	tree["@context"] = []any{contextStreams, contextSecurity}
	return tree, nil
}

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, inner := range v {
			if key != "@context" {
				m[key] = copied(inner)
			}
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = copied(inner)
		}
		return list
	}
	return v
}

func checked(a federation.Activity) (federation.Activity, error) {
	if err := federation.Validate(a); err != nil {
		return federation.Activity{}, err
	}
	return a, nil
}

// readFault keeps our own faults and makes the rest, which come from go-fed,
// one: the document is not what it says.
func readFault(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.Wrap(fault.Invalid, "error.federation.malformed", fmt.Errorf("gofed: %w", err)).With("why", "vocabulary")
}

// callbacks are the resolver's, one a type; each fills a.
func callbacks(a *federation.Activity) []interface{} {
	read := func(t federation.Type, v activity) error {
		a.Type = t
		return readActivity(v, a)
	}
	return []interface{}{
		func(_ context.Context, v vocab.ActivityStreamsOffer) error { return read(federation.Offer, v) },
		func(_ context.Context, v vocab.ActivityStreamsRead) error { return read(federation.Read, v) },
		func(_ context.Context, v vocab.ActivityStreamsTentativeAccept) error {
			return read(federation.TentativeAccept, v)
		},
		func(_ context.Context, v vocab.ActivityStreamsAccept) error { return read(federation.Accept, v) },
		func(_ context.Context, v vocab.ActivityStreamsReject) error { return read(federation.Reject, v) },
		func(_ context.Context, v vocab.ActivityStreamsUpdate) error { return read(federation.Update, v) },
		func(_ context.Context, v vocab.ActivityStreamsUndo) error { return read(federation.Undo, v) },
		func(_ context.Context, v vocab.ActivityStreamsJoin) error { return read(federation.Join, v) },
		func(_ context.Context, v vocab.ActivityStreamsLeave) error { return read(federation.Leave, v) },
		func(_ context.Context, v vocab.ActivityStreamsInvite) error { return read(federation.Invite, v) },
		func(_ context.Context, v vocab.ActivityStreamsAdd) error { return read(federation.Add, v) },
		func(_ context.Context, v vocab.ActivityStreamsView) error { return read(federation.View, v) },
		func(_ context.Context, v vocab.ActivityStreamsDelete) error { return read(federation.Delete, v) },
	}
}

func readActivity(v activity, a *federation.Activity) error {
	a.ID = v.GetJSONLDId().Get().String()
	if p := v.GetActivityStreamsActor(); p != nil && p.Len() == 1 && p.At(0).IsIRI() {
		a.Actor = p.At(0).GetIRI().String()
	}
	if p := v.GetActivityStreamsTo(); p != nil && p.Len() == 1 && p.At(0).IsIRI() {
		a.To = p.At(0).GetIRI().String()
	}
	p := v.GetActivityStreamsPublished()
	if p == nil || !p.IsXMLSchemaDateTime() {
		return misshapen("published", "time")
	}
	a.Published = p.Get().UTC()
	u := v.GetUnknownProperties()
	a.Sequence = int64(numberOf(u, "sequence"))
	a.Reason, a.Suggested = stringOf(u, "reasonCode"), stringOf(u, "suggestedTarget")
	a.Confirmed, a.Expected, a.Digest = stringOf(u, "confirmed"), stringOf(u, "expected"), stringOf(u, "digest")
	if o := v.GetActivityStreamsObject(); o != nil && o.Len() == 1 {
		if err := readPart("object", o.At(0), a); err != nil {
			return err
		}
	}
	if r := v.GetActivityStreamsResult(); r != nil && r.Len() == 1 {
		if r.At(0).IsIRI() {
			return misshapen("result", "object")
		}
		return readPart("result", r.At(0), a)
	}
	return nil
}

// part is one value of the properties object and result.
type part interface {
	IsIRI() bool
	GetIRI() *url.URL
	GetType() vocab.Type
}

func readPart(field string, p part, a *federation.Activity) error {
	if p.IsIRI() {
		a.Object = p.GetIRI().String()
		return nil
	}
	switch v := p.GetType().(type) {
	case vocab.ActivityStreamsArticle:
		return readArticle(field, v, a)
	case vocab.ActivityStreamsRelationship:
		m, err := readMembership(v)
		a.Membership = m
		return err
	case vocab.ActivityStreamsOrderedCollection:
		m, err := readMembers(v)
		a.Members = m
		return err
	case vocab.ActivityStreamsOrganization:
		k, err := readAnnounced(v, a.Actor)
		a.Key = k
		return err
	}
	return misshapen(field, "type")
}

func readArticle(field string, v vocab.ActivityStreamsArticle, a *federation.Activity) error {
	by, to := v.GetActivityStreamsAttributedTo(), v.GetActivityStreamsTo()
	if by == nil || by.Len() != 1 || !by.At(0).IsIRI() || by.At(0).GetIRI().String() != a.Actor {
		return misshapen(field+".attributedTo", "actor")
	}
	if to == nil || to.Len() != 1 || !to.At(0).IsIRI() || to.At(0).GetIRI().String() != a.To {
		return misshapen(field+".to", "receiver")
	}
	u := v.GetUnknownProperties()
	types := v.GetJSONLDType()
	for i := 0; i < types.Len(); i++ {
		kind := types.At(i).GetXMLSchemaString()
		if known, err := readStageTwo(kind, idString(v), u, a); known || err != nil {
			return err
		}
		switch kind {
		case "Referral":
			r, err := readReferral(idString(v), u)
			a.Referral = r
			return err
		case "Engagement":
			a.Engagement = readEngagement(idString(v), u)
			return nil
		}
	}
	return misshapen(field+".type", "type")
}

func readReferral(id string, u map[string]any) (*federation.Referral, error) {
	by, err := time.Parse(time.RFC3339, stringOf(u, "respondBy"))
	if err != nil {
		return nil, misshapen("object.respondBy", "time")
	}
	s, d, c := mapOf(u, "subject"), mapOf(u, "disclosure"), mapOf(u, "consent")
	r := &federation.Referral{
		ID: id, Schema: stringOf(u, "schema"), Revision: int(numberOf(u, "revision")),
		Kind: stringOf(u, "kind"), Urgency: stringOf(u, "urgency"), RespondBy: by.UTC(), Purpose: stringOf(u, "purpose"),
		Needs: listOfStrings(u, "needs"), Issues: listOfStrings(u, "issues"), FeedbackDue: stringOf(u, "feedbackDue"),
		Subject: federation.Subject{
			Kind: stringOf(s, "kind"), AgeBand: stringOf(s, "ageBand"), Sex: stringOf(s, "sex"), SizeBand: stringOf(s, "sizeBand"),
			Minors: stringOf(s, "minors"), StatusFamily: stringOf(s, "statusFamily"), AreaLevel: stringOf(s, "areaLevel"),
			AreaCode: stringOf(s, "areaCode"), Interpreter: stringOf(s, "interpreter"), GuardianPresent: stringOf(s, "guardianPresent"),
		},
		Disclosure: federation.Disclosure{Policy: stringOf(d, "policy"), Transforms: listOfStrings(d, "transforms"), K: int(numberOf(d, "k"))},
		Consent:    federation.Consent{Basis: stringOf(c, "basis"), Scope: stringOf(c, "scope"), Version: stringOf(c, "version")},
	}
	list, _ := u["phrases"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		p := federation.Phrase{Code: stringOf(m, "code")}
		for name, value := range mapOf(m, "slots") {
			if p.Slots == nil {
				p.Slots = map[string]string{}
			}
			p.Slots[name], _ = value.(string)
		}
		r.Phrases = append(r.Phrases, p)
	}
	return r, nil
}

func readEngagement(id string, u map[string]any) *federation.Engagement {
	return &federation.Engagement{
		ID: id, Referral: stringOf(u, "referral"), Revision: int(numberOf(u, "revision")),
		State: stringOf(u, "state"), Step: stringOf(u, "step"), Outcomes: listOfStrings(u, "outcomes"),
		Reason: stringOf(u, "reason"), NextUpdate: stringOf(u, "nextUpdate"), Month: stringOf(u, "month"),
	}
}

func idString(v vocab.Type) string {
	if p := v.GetJSONLDId(); p != nil && p.Get() != nil {
		return p.Get().String()
	}
	return ""
}

func stringOf(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func numberOf(m map[string]any, key string) float64 {
	f, _ := m[key].(float64)
	return f
}

func mapOf(m map[string]any, key string) map[string]any {
	inner, _ := m[key].(map[string]any)
	return inner
}

func listOfStrings(m map[string]any, key string) []string {
	list, _ := texts(m[key])
	if len(list) == 0 {
		return nil
	}
	return list
}
