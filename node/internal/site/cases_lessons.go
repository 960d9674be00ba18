package site

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/staffweb"
)

// CaseLessons finds what others have learned that is like a case. What is looked for
// stays in this server: the whole library is here.
type CaseLessons interface {
	Like(ctx context.Context, who clinic.Actor, k casework.Case) ([]staffui.LibraryRow, error)
	MayWrite(ctx context.Context, who clinic.Actor) bool
}

// likeMost is how many lessons are offered beside a case.
const likeMost = 4

// LessonsLike is a CaseLessons over the library.
type LessonsLike struct {
	Books staffweb.Books
	Desk  LessonDesk
	Names func(ctx context.Context) (map[string]string, error)
	// Family is the status family of a status, "" if it is in none; Region the region of a province.
	Family, Region func(code string) string
}

// Like implements CaseLessons: by the codes of the case and the words of its problem.
func (l LessonsLike) Like(ctx context.Context, who clinic.Actor, k casework.Case) ([]staffui.LibraryRow, error) {
	q := library.Query{Any: true, Words: k.Problem, Size: likeMost, Facets: library.Facets{Status: l.Family(k.Client().Status), Region: l.Region(k.ProvinceCode)}}
	if len(k.Issues) > 0 {
		q.Facets.Issue = k.Issues[0]
	}
	if strings.TrimSpace(q.Words) == "" && q.Facets.Issue == "" {
		return nil, nil
	}
	r, err := l.Books.Search(ctx, who, q)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := l.Names(ctx)
	if err != nil {
		return nil, err
	}
	var out []staffui.LibraryRow
	for _, one := range r.Lessons {
		out = append(out, staffweb.LibraryRow(one, names))
	}
	return out, nil
}

// MayWrite implements CaseLessons.
func (l LessonsLike) MayWrite(ctx context.Context, who clinic.Actor) bool {
	return l.Desk.MayWrite(ctx, who) == nil
}
