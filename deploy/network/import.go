package network

import (
	"bytes"
	"context"
	"embed"
	"fmt"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/register"
)

//go:embed registers
var registers embed.FS

// importRegister takes the member's register in, as the supervisor would on the
// page: upload, look, start, wait.
func (s *Server) importRegister(ctx context.Context, supervisor clinic.Actor) error {
	raw, err := registers.ReadFile("registers/" + s.org.register)
	if err != nil {
		return err
	}
	f, err := s.Node.Register.Upload(ctx, supervisor, s.org.register, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if err := s.Node.Register.Start(ctx, supervisor, f.ID); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	s.Node.Wait()
	f, _, _, err = s.Node.Register.Show(ctx, supervisor, f.ID, register.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if f.State != register.Done {
		return fmt.Errorf("the import is %s", f.State)
	}
	return nil
}
