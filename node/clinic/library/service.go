package library

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic"
)

// Service is the library for who may read it.
type Service struct {
	shelf     Shelf
	authority clinic.Authority
}

// NewService returns the service.
func NewService(s Shelf, a clinic.Authority) *Service { return &Service{s, a} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string) error {
	return s.authority.May(ctx, who, act, clinic.Object{Type: "library", Open: true, Openness: 2})
}

// Search finds lessons.
func (s *Service) Search(ctx context.Context, who clinic.Actor, q Query) (Result, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return Result{}, err
	}
	return s.shelf.Search(ctx, q)
}

// View is a lesson with what there is around it.
type View struct {
	Lesson
	Versions []Version
	Remarks  []Remark
	Related  []Lesson
	MaySay   bool
}

// relatedMost is how many related lessons are shown.
const relatedMost = 5

// Show returns a lesson with its former versions, what others say, and what is like it.
func (s *Service) Show(ctx context.Context, who clinic.Actor, id string) (View, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return View{}, err
	}
	l, err := s.shelf.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Lesson: l, MaySay: l.State != Retracted && s.may(ctx, who, "say") == nil}
	if l.State == Retracted {
		return v, nil
	}
	if v.Versions, err = s.shelf.Versions(ctx, id); err != nil {
		return v, err
	}
	if v.Remarks, err = s.shelf.Remarks(ctx, l.IRI); err != nil {
		return v, err
	}
	like, err := s.shelf.Search(ctx, Query{Any: true, Words: l.Text.Title.TH + " " + l.Text.Summary.TH + " " + l.Text.Problem.TH, Not: l.IRI, Size: relatedMost,
		Facets: Facets{Issue: l.Text.Issue, Status: l.Text.Status, Office: l.Text.Office}})
	v.Related = like.Lessons
	return v, err
}
