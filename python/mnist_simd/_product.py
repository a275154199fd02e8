"""The matrix product."""

from . import _arrays, _library
from ._library import check, lib
from ._start import start


def sgemm(a, b, alpha=1, beta=0, c=None, transpose_a=False, transpose_b=False):
    """alpha op(a) op(b) + beta c as float32; op(a) is (m, k), op(b) (k, n), c and the result (m, n).

    op transposes if its flag says so. Matrices may be parts and transposes of larger ones (x[2:5, 3:], x.T). With c,
    the result is written to it, and c returned; it shares no memory with a and b. The bits depend on nothing but the
    operands as long as a and b are finite; a NaN makes NaN what it enters.
    """
    operands = []
    for name, value, transposed in (("a", a, transpose_a), ("b", b, transpose_b)):
        view, rows, cols, ld, by_columns = _arrays.matrix(name, value)
        shape = (cols, rows) if transposed else (rows, cols)
        flag = _library.MS_TRANS if bool(transposed) != by_columns else _library.MS_NO_TRANS
        operands.append((view, shape, ld, flag))
    (view_a, (m, k), lda, op_a), (view_b, (k_b, n), ldb, op_b) = operands
    if k != k_b:
        raise ValueError(f"b: op(b) is {k_b} x {n}, expected {k} rows, as many as op(a), {m} x {k}, has columns")
    if c is None and beta != 0:
        raise ValueError(f"beta: {beta}, expected 0 where c is not given")
    if c is None:
        c, view_c = _arrays.new((m, n), "f")
        ldc = max(n, 1)
    else:
        view_c, *found, ldc, by_columns = _arrays.matrix("c", c)
        if found != [m, n] or by_columns:
            raise ValueError(f"c: {found[0]} x {found[1]}{' by columns' if by_columns else ''}, expected {m} x {n}, "
                             "each row contiguous")
        if view_c.readonly:
            raise ValueError("c: is read-only")
    start_a, start_b, start_c = map(_arrays.address, (view_a, view_b, view_c))
    if m * n * k > 0 and start_c in (start_a, start_b):
        raise ValueError("c: is a or b, expected memory of its own")
    start()
    check(lib.ms_sgemm(op_a, op_b, m, n, k, float(alpha), start_a, lda, start_b, ldb, float(beta), start_c, ldc))
    return c
