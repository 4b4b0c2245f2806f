namespace GopherMesh.Service;

/// <summary>The environment that a service was started with is wrong; the message has one line for each wrong variable.</summary>
public sealed class EnvironmentException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>One line for each wrong variable: its name, the value found and what it must be.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
