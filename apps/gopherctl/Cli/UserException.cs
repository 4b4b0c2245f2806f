namespace GopherMesh.Gopherctl.Cli;

/// <summary>Something that the caller can put right: bad input, a missing file, a busy folder, a pod that does not start.</summary>
/// <param name="what">What is wrong, in one line or several of the same kind.</param>
/// <param name="where">The file (with line and column), option or resource that it is about; empty where <paramref name="what"/> says it.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="code">The exit code of the command.</param>
public sealed class UserException(string what, string where, string remedy, int code = ExitCode.BadInput) : Exception(what)
{
    /// <summary>The file (with line and column), option or resource that the error is about.</summary>
    public string Where { get; } = where;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The exit code of the command.</summary>
    public int Code { get; } = code;
}
