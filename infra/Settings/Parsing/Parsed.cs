using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings.Parsing;

/// <summary>Turns the text of a setting into a value, or says what is wrong with it.</summary>
public delegate Parsed<T> Parser<T>(string text);

/// <summary>A value, or the reasons why there is none.</summary>
/// <param name="Value">The value; meaningless when there are problems.</param>
/// <param name="Problems">What is wrong; empty for a good value.</param>
public readonly record struct Parsed<T>(T Value, ImmutableArray<Problem> Problems)
{
    /// <summary>Wraps a good value.</summary>
    public static implicit operator Parsed<T>(T value) => new(value, []);

    /// <summary>Refuses the whole value.</summary>
    public static implicit operator Parsed<T>(Problem problem) => new(default!, [problem]);
}

/// <summary>What is wrong with a setting, or with a member of it.</summary>
/// <param name="Remedy">What to do about it, as an instruction.</param>
/// <param name="Member">Path of the member within the setting, e.g. <c>.v1</c> or <c>[0]</c>; empty for the setting as a whole.</param>
/// <param name="Found">The member's text; null stands for the setting's own.</param>
public sealed record Problem(string Remedy, string Member = "", string? Found = null);
