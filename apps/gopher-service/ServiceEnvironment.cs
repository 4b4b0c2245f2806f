using System.Diagnostics.CodeAnalysis;

namespace GopherMesh.Service;

/// <summary>Turns the text of an environment variable into a value; false when it is malformed.</summary>
public delegate bool Parser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// Reads a service's environment variables and keeps every error until <see cref="ThrowIfWrong"/>, so that all of them are
/// reported at once. An empty variable counts as unset, as `value: ""` in a pod's spec means nothing else.
/// </summary>
public sealed class ServiceEnvironment(Func<string, string?> variable)
{
    private readonly List<string> _errors = [];

    /// <summary>The environment of this process.</summary>
    public static ServiceEnvironment OfProcess() => new(Environment.GetEnvironmentVariable);

    /// <summary>Reads a variable that must be set; <paramref name="rule"/> completes the sentence "it must be".</summary>
    public T Required<T>(string name, Parser<T> parse, string rule)
    {
        if (!string.IsNullOrEmpty(variable(name)))
        {
            return Optional(name, parse, rule, fallback: default!);
        }

        _errors.Add($"{name} is not set; it must be {rule}.");
        return default!;
    }

    /// <summary>Reads a variable that is <paramref name="fallback"/> when unset; <paramref name="rule"/> completes the sentence "it must be".</summary>
    public T Optional<T>(string name, Parser<T> parse, string rule, T fallback)
    {
        if (variable(name) is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        _errors.Add($"{name} is \"{text.ReplaceLineEndings(" ")}\"; it must be {rule}.");
        return fallback;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="EnvironmentException">A variable was missing or malformed.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw new EnvironmentException([.. _errors]);
        }
    }
}

/// <summary>The environment that a service was started with is wrong; the message has one line for each wrong variable.</summary>
public sealed class EnvironmentException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>One line for each wrong variable: its name, the value found and what it must be.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
