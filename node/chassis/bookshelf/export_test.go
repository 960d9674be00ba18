package bookshelf

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic/library"
)

// Fill puts many lessons on an empty shelf that Rebuild is to file.
func (s *Store) Fill(ctx context.Context, all []library.Lesson) error {
	rows := make([]lessonRow, 0, len(all))
	for i, l := range all {
		l.State = library.Current
		r, err := rowOf(l)
		if err != nil {
			return err
		}
		r.Num = int64(i + 1)
		rows = append(rows, r)
	}
	return s.db.Conn(ctx).CreateInBatches(rows, 200).Error
}
