using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GopherMesh.Service.Telemetry;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Service;

/// <summary>The settings of every service.</summary>
public sealed record ServiceSettings
{
    /// <summary>The service's name, as in its Kubernetes Service.</summary>
    public required string Name { get; init; }

    /// <summary>The version that answers: a distributor's <c>v1</c>, otherwise that of the build.</summary>
    public required string Version { get; init; }

    /// <summary>The pod's name, from <c>POD_NAME</c>.</summary>
    public required string Pod { get; init; }

    /// <summary>
    /// How long a stopping service keeps accepting requests, not ready and closing each connection with its answer; from
    /// <c>DRAIN_WINDOW_MS</c>, 0 to 10,000, by default 1,000. A pod's preStop sleep covers the time until its endpoint is gone
    /// everywhere; this window only moves the connections that are still open.
    /// </summary>
    public required TimeSpan DrainWindow { get; init; }

    /// <summary>From <c>LOG_LEVEL</c>: debug (a line for each request), information (the default), warning or error.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Where spans and metrics go.</summary>
    public required TelemetrySettings Telemetry { get; init; }

    /// <summary>Reads what is common to the services; the caller ends with <see cref="ServiceEnvironment.ThrowIfWrong"/>.</summary>
    public static ServiceSettings Read(ServiceEnvironment environment, string name, string version) => new()
    {
        Name = name,
        Version = version,
        Pod = environment.Required<string>("POD_NAME", TryParsePodName, "the pod's name: lower-case letters, digits, '-' and '.'"),
        DrainWindow = environment.Optional("DRAIN_WINDOW_MS", Milliseconds(0, 10_000), "a number of milliseconds from 0 to 10000",
            TimeSpan.FromSeconds(1)),
        LogLevel = environment.Optional<LogLevel>("LOG_LEVEL", TryParseLogLevel, "debug, information, warning or error", LogLevel.Information),
        Telemetry = TelemetrySettings.Read(environment),
    };

    /// <summary>A parser of whole milliseconds within a range, both ends included.</summary>
    public static Parser<TimeSpan> Milliseconds(int least, int most) => (string text, out TimeSpan value) =>
    {
        var parsed = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        value = TimeSpan.FromMilliseconds(number);
        return parsed && number >= least && number <= most;
    };

    private static bool TryParseLogLevel(string text, out LogLevel level)
    {
        level = text switch
        {
            "debug" => LogLevel.Debug,
            "information" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    /// <summary>An RFC 1123 subdomain, as Kubernetes demands of a pod's name.</summary>
    private static bool TryParsePodName(string text, out string name)
    {
        name = text;
        return text.Length <= 253 && Array.TrueForAll(text.Split('.'), IsDnsLabel);
    }

    private static bool IsDnsLabel(string label) =>
        label is [not '-', ..] and [.., not '-']
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

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
