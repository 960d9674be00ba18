package sealed

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

const (
	magic    = "SPH1"
	encSize  = 32       // of an X25519 encapsulation
	chunk    = 64 << 10 // of content
	tag      = 16
	prefix   = 8 // the length of the content stands before it
	smallest = 4 << 10
)

// MaxSize is the most content that one package takes, in bytes.
const MaxSize = 1 << 30

// Why a package does not open.
var (
	ErrVersion = errors.New("sealed: not a package of a kind that is known here")
	ErrForeign = errors.New("sealed: sealed for another key, or for another purpose")
	ErrAltered = errors.New("sealed: the package was altered")
	ErrCut     = errors.New("sealed: the package does not end where it should")
	ErrSize    = errors.New("sealed: the content is not as long as it says, or too long")
)

// Look is the key of one package's content. Who seals gets it, so that the gate can
// read back what was sealed; it is kept nowhere.
type Look [32]byte

// Padded is how long content of n bytes is made, its length included: the next power
// of two from 4 KiB to 64 KiB, and above that as Padmé has it (Nikitin et al.,
// "Reducing Metadata Leakage from Encrypted Files", 2019), at most 12 % more.
func Padded(n int64) int64 {
	n += prefix
	if n <= smallest {
		return smallest
	}
	e := bits.Len64(uint64(n)) - 1
	last := e - bits.Len(uint(e))
	if n <= chunk {
		last = e // to a power of two
	}
	mask := int64(1)<<last - 1
	return (n + mask) &^ mask
}

// Size is how long the package of n bytes of content is.
func Size(n int64) int64 {
	p := Padded(n)
	return int64(len(magic)) + encSize + p + tag*((p+chunk-1)/chunk)
}

func suite() (hpke.KDF, hpke.AEAD) { return hpke.HKDFSHA256(), hpke.ExportOnly() }

const exported = "saphan sealed hand-over v1 content"

// Seal reads size bytes of content from src and writes their package for one key and
// one binding to dst. It holds one chunk in memory.
func Seal(dst io.Writer, src io.Reader, size int64, to PublicKey, b Binding) (Look, error) {
	var look Look
	if size < 0 || size > MaxSize {
		return look, ErrSize
	}
	kdf, aead := suite()
	enc, s, err := hpke.NewSender(to.PublicKey, kdf, aead, b.info())
	if err != nil {
		return look, err
	}
	key, err := s.Export(exported, len(look))
	if err != nil {
		return look, err
	}
	copy(look[:], key)
	if _, err := dst.Write(append([]byte(magic), enc...)); err != nil {
		return look, err
	}
	head := binary.BigEndian.AppendUint64(nil, uint64(size))
	whole := io.MultiReader(bytes.NewReader(head), &exact{src: src, left: size}, zeros{})
	return look, encrypt(dst, whole, Padded(size), look, func() error { return ended(src) })
}

// ended refuses content that is longer than was said.
func ended(src io.Reader) error {
	var one [1]byte
	if n, _ := io.ReadFull(src, one[:]); n > 0 {
		return ErrSize
	}
	return nil
}

func encrypt(dst io.Writer, src io.Reader, left int64, look Look, check func() error) error {
	g, err := gcm(look)
	if err != nil {
		return err
	}
	buf := make([]byte, chunk, chunk+tag)
	for n := uint64(0); left > 0; n++ {
		part := buf[:min(left, chunk)]
		if _, err := io.ReadFull(src, part); err != nil {
			return err
		}
		if left -= int64(len(part)); left == 0 {
			if err := check(); err != nil {
				return err
			}
		}
		if _, err := dst.Write(g.Seal(part[:0], nonce(n, left == 0), part, nil)); err != nil {
			return err
		}
	}
	return nil
}

// exact reads as much content as was said; where there is less, padding must not
// stand in for it.
type exact struct {
	src  io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.src.Read(p[:min(int64(len(p)), e.left)])
	if e.left -= int64(n); errors.Is(err, io.EOF) {
		err = nil
		if e.left > 0 && n == 0 {
			err = ErrSize
		}
	}
	return n, err
}

// zeros is padding.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func gcm(look Look) (cipher.AEAD, error) {
	block, err := aes.NewCipher(look[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce is the number of a chunk and whether it is the last. Each key seals one
// package, so no nonce is used twice.
func nonce(n uint64, last bool) []byte {
	out := make([]byte, 12)
	binary.BigEndian.PutUint64(out[3:], n)
	if last {
		out[11] = 1
	}
	return out
}

// Open reads a package from src and writes its content to dst, chunk by chunk. After
// an error what was written is worth nothing and must be thrown away.
func Open(dst io.Writer, src io.Reader, key PrivateKey, b Binding) error {
	in, enc, err := opening(src)
	if err != nil {
		return err
	}
	kdf, aead := suite()
	r, err := hpke.NewRecipient(enc, key.PrivateKey, kdf, aead, b.info())
	if err != nil {
		return ErrForeign
	}
	raw, err := r.Export(exported, len(Look{}))
	if err != nil {
		return ErrForeign
	}
	return decrypt(dst, in, Look(raw))
}

// OpenWith opens a package by the key of its content, without the recipient's.
func OpenWith(dst io.Writer, src io.Reader, look Look) error {
	in, _, err := opening(src)
	if err != nil {
		return err
	}
	return decrypt(dst, in, look)
}

func opening(src io.Reader) (*bufio.Reader, []byte, error) {
	in := bufio.NewReaderSize(src, chunk+tag)
	head := make([]byte, len(magic)+encSize)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, nil, ErrCut
	}
	if string(head[:len(magic)]) != magic {
		return nil, nil, ErrVersion
	}
	return in, head[len(magic):], nil
}

func decrypt(dst io.Writer, in *bufio.Reader, look Look) error {
	g, err := gcm(look)
	if err != nil {
		return err
	}
	out := &trimmer{dst: dst, left: -1}
	buf, plain := make([]byte, chunk+tag), make([]byte, 0, chunk)
	for n := uint64(0); ; n++ {
		got, err := io.ReadFull(in, buf)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return ErrCut
		}
		_, more := in.Peek(1)
		last := more != nil
		part, err := g.Open(plain, nonce(n, last), buf[:got], nil)
		if err != nil {
			return broken(g, n, last, buf[:got])
		}
		if err := out.take(part); err != nil {
			return err
		}
		if last {
			return out.end()
		}
	}
}

// broken says what is wrong with a chunk that does not open where it stands.
func broken(g cipher.AEAD, n uint64, last bool, part []byte) error {
	if _, err := g.Open(nil, nonce(n, !last), part, nil); err == nil {
		if last {
			return ErrCut
		}
		return ErrAltered // something stands after the last one
	}
	switch {
	case n == 0 && len(part) >= smallest:
		return ErrForeign
	case last && len(part) < chunk+tag:
		return ErrCut
	}
	return ErrAltered
}

// trimmer writes the content and takes away its length and its padding.
type trimmer struct {
	dst  io.Writer
	left int64 // of the content; -1 before its length is known
}

func (t *trimmer) take(part []byte) error {
	if t.left < 0 {
		if len(part) < prefix {
			return ErrSize
		}
		size := binary.BigEndian.Uint64(part)
		if size > MaxSize {
			return ErrSize
		}
		t.left, part = int64(size), part[prefix:]
	}
	n := min(t.left, int64(len(part)))
	t.left -= n
	for _, b := range part[n:] {
		if b != 0 {
			return ErrAltered
		}
	}
	_, err := t.dst.Write(part[:n])
	return err
}

func (t *trimmer) end() error {
	if t.left != 0 {
		return ErrSize
	}
	return nil
}
