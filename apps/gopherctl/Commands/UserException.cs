namespace GopherMesh.Gopherctl.Commands;

/// <summary>Something that the caller can put right: bad input, a missing file, a busy folder. Ends with <see cref="ExitCode.BadInput"/>.</summary>
/// <param name="what">What is wrong, in one line or several of the same kind.</param>
/// <param name="where">The file (with line and column), option or resource that it is about; empty where <paramref name="what"/> says it.</param>
/// <param name="remedy">What to do about it.</param>
public sealed class UserException(string what, string where, string remedy) : Exception(what)
{
    /// <summary>The file (with line and column), option or resource that the error is about.</summary>
    public string Where { get; } = where;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;
}
