package strace

import (
	"fmt"
	"strconv"
	"strings"
)

func (c *Call) arg(i int) (string, error) {
	if i >= len(c.Args) {
		return "", fmt.Errorf("%s has no argument %d", c.Name, i)
	}
	return c.Args[i], nil
}

// Number is an argument that is a number.
func (c *Call) Number(i int) (int64, error) {
	text, err := c.arg(i)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: argument %d, %q, is no number", c.Name, i, clip(text))
	}
	return n, nil
}

// File is an argument that is a descriptor, with what it stands for: a path, "socket:[123]".
// AT_FDCWD is -1.
func (c *Call) File(i int) (descriptor int, file string, err error) {
	text, err := c.arg(i)
	if err != nil {
		return 0, "", err
	}
	number, name, found := strings.Cut(text, "<")
	descriptor = -1
	if number != "AT_FDCWD" {
		if descriptor, err = strconv.Atoi(number); err != nil {
			return 0, "", fmt.Errorf("%s: argument %d, %q, is no descriptor", c.Name, i, clip(text))
		}
	}
	if !found {
		return descriptor, "", nil
	}
	name, _, _ = strings.Cut(name, ">")
	decoded, err := unescape(name)
	return descriptor, string(decoded), err
}

// Bytes is an argument that is data, or a list of data as writev takes it.
func (c *Call) Bytes(i int) ([]byte, error) {
	text, err := c.arg(i)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(text, "[") {
		data, rest, err := quoted(text)
		if err == nil && rest != "" {
			err = fmt.Errorf("more than data: %q", clip(rest))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: argument %d: %w", c.Name, i, err)
		}
		return data, nil
	}
	var all []byte
	const before = "{iov_base="
	for {
		_, rest, found := strings.Cut(text, before)
		if !found {
			return all, nil
		}
		data, rest, err := quoted(rest)
		if err != nil {
			return nil, fmt.Errorf("%s: argument %d: %w", c.Name, i, err)
		}
		all, text = append(all, data...), rest
	}
}

// quoted reads the string that a text begins with. Data that strace has cut off is an error.
func quoted(text string) (data []byte, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		return nil, "", fmt.Errorf("no data: %q", clip(text))
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			if rest = text[i+1:]; strings.HasPrefix(rest, "...") {
				return nil, "", fmt.Errorf("strace has cut off the data after %q", clip(text[:i]))
			}
			data, err = unescape(text[1:i])
			return data, rest, err
		}
	}
	return nil, "", fmt.Errorf("the data do not end: %q", clip(text))
}

// unescape undoes -xx: \x and two digits for each byte. Anything else stands for itself, but for a
// backslash, which -xx never leaves alone.
func unescape(text string) ([]byte, error) {
	data := make([]byte, 0, len(text)/4)
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			data = append(data, text[i])
			continue
		}
		if len(text) < i+4 || text[i+1] != 'x' {
			return nil, fmt.Errorf("no byte: %q", clip(text[i:]))
		}
		b, err := strconv.ParseUint(text[i+2:i+4], 16, 8)
		if err != nil {
			return nil, fmt.Errorf("no byte: %q", clip(text[i:]))
		}
		data = append(data, byte(b))
		i += 3
	}
	return data, nil
}
