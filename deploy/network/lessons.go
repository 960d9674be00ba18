package network

import (
	"context"
	"errors"
	"fmt"

	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// Share sends whatever waits, has the hub pass on what members have said about
// lessons, and sends that.
func (n *Network) Share(ctx context.Context) error {
	if err := n.Settle(ctx); err != nil {
		return err
	}
	if err := n.Server(hubKey).Hub.PassOn.Spread(ctx); err != nil {
		return err
	}
	return n.Settle(ctx)
}

// teach has the members write down what they have learned and tell each other how it
// went: some lessons are shared, one was taken back, and some wait for readers.
func (n *Network) teach(ctx context.Context) error {
	ids := map[string]string{} // by the lesson's key
	for _, l := range demoLessons() {
		s := n.Server(l.by)
		if s == nil {
			continue
		}
		id, err := s.write(ctx, l)
		if err != nil {
			return fmt.Errorf("%s writes %q: %w", l.by, l.key, err)
		}
		ids[l.key] = id
	}
	if err := n.Share(ctx); err != nil {
		return err
	}
	for _, r := range demoRemarks() {
		if n.Server(r.by) == nil || ids[r.about] == "" {
			continue
		}
		if err := n.Server(r.by).remark(ctx, r, ids[r.about], n.Server(lessonOf(r.about).by)); err != nil {
			return fmt.Errorf("%s says something about %q: %w", r.by, r.about, err)
		}
	}
	if err := n.Share(ctx); err != nil {
		return err
	}
	for _, l := range demoLessons() {
		if l.back == "" || ids[l.key] == "" {
			continue
		}
		supervisor, err := n.Server(l.by).As(ctx, "supervisor")
		if err != nil {
			return err
		}
		if err := n.Server(l.by).Node.Lessons.Retract(ctx, supervisor, ids[l.key], l.back); err != nil {
			return err
		}
	}
	return n.Share(ctx)
}

func lessonOf(key string) demoLesson {
	for _, l := range demoLessons() {
		if l.key == key {
			return l
		}
	}
	return demoLesson{}
}

// write brings a lesson as far as it has come: drafted, waiting, read once or shared.
func (s *Server) write(ctx context.Context, l demoLesson) (string, error) {
	desk := s.Node.Lessons
	caseworker, err := s.As(ctx, "caseworker")
	if err != nil {
		return "", err
	}
	lawyer, err := s.As(ctx, "lawyer")
	if err != nil {
		return "", err
	}
	contact, err := s.As(ctx, "network")
	if err != nil {
		return "", err
	}
	supervisor, err := s.As(ctx, "supervisor")
	if err != nil {
		return "", err
	}
	id, err := desk.Begin(ctx, caseworker, "")
	if err != nil {
		return "", err
	}
	if err := desk.Edit(ctx, caseworker, id, 1, l.text); err != nil || l.upTo == "draft" {
		return id, err
	}
	if err := s.look(ctx, id); err != nil {
		return id, err
	}
	steps := []func() error{
		func() error { return desk.Submit(ctx, caseworker, id, 0) },
		func() error { return desk.Read(ctx, lawyer, id, 0, false) },
		func() error { return desk.Read(ctx, contact, id, 0, true) },
		func() error {
			v, err := desk.Show(ctx, supervisor, id)
			if err != nil {
				return err
			}
			return desk.Release(ctx, supervisor, id, v.Preview.SHA256)
		},
	}
	for i, do := range steps {
		if err := do(); err != nil {
			return id, err
		}
		if l.upTo == "once" && i == 1 {
			return id, nil
		}
	}
	return id, nil
}

// look decides about what the anonymiser has found: these texts are made up, and what
// must not stay is not in them.
func (s *Server) look(ctx context.Context, id string) error {
	caseworker, err := s.As(ctx, "caseworker")
	if err != nil {
		return err
	}
	v, err := s.Node.Lessons.Show(ctx, caseworker, id)
	if err != nil {
		return err
	}
	for _, f := range v.Findings {
		if f.Must {
			return errors.New("a made-up lesson has a number of somebody in it")
		}
		if err := s.Node.Lessons.Settle(ctx, caseworker, id, 0, f.Key, true); err != nil {
			return err
		}
	}
	return nil
}

// remark has one person write and another send a remark about a lesson of another
// member.
func (s *Server) remark(ctx context.Context, r demoRemark, id string, author *Server) error {
	caseworker, err := s.As(ctx, "caseworker")
	if err != nil {
		return err
	}
	lawyer, err := s.As(ctx, "lawyer")
	if err != nil {
		return err
	}
	iri := author.URL + "/ap/lesson/" + id
	say := lesson.Remark{Lesson: iri, About: iri, Kind: library.Reply, Result: r.result, Text: library.Words{TH: r.text}}
	if r.result != "" {
		say.Kind = library.Trial
	}
	rid, err := s.Node.Lessons.Say(ctx, caseworker, say)
	if err != nil {
		return err
	}
	v, err := s.Node.Lessons.ShowRemark(ctx, lawyer, rid)
	if err != nil {
		return err
	}
	for _, f := range v.Findings {
		if err := s.Node.Lessons.SettleRemark(ctx, caseworker, rid, f.Key, true); err != nil {
			return err
		}
	}
	if v, err = s.Node.Lessons.ShowRemark(ctx, lawyer, rid); err != nil {
		return err
	}
	return s.Node.Lessons.ReleaseRemark(ctx, lawyer, rid, v.Preview.SHA256)
}
