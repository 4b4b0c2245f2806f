using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings.Rules;

/// <summary>The versions of Istio that the stack can install.</summary>
public static partial class IstioVersion
{
    /// <summary>The oldest release that the stack was proven on, by the tests on a real cluster.</summary>
    private static readonly Version Oldest = new(1, 31, 0);

    /// <summary>A full version of a release, so that the same configuration installs the same charts tomorrow.</summary>
    public static string? Rule(string text) =>
        Pattern().IsMatch(text) && Version.Parse(text) is var version && version >= Oldest && version.Major == Oldest.Major
            ? null
            : $"use a full version of Istio 1, {Oldest} or later";

    [GeneratedRegex(@"\A1\.[1-9][0-9]{0,2}\.(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex Pattern();
}
