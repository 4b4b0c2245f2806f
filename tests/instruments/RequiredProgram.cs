namespace GopherMesh.Tests.Instruments;

/// <summary>Programs that a test needs and a machine may lack.</summary>
public static class RequiredProgram
{
    /// <summary>Why a test that needs <paramref name="program"/> is skipped; null where the program is there.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="package">The package of Debian that has it.</param>
    public static string? SkipReason(string program, string package) =>
        Find(program) is null ? $"{program} is not on PATH; Debian's package {package} has it" : null;

    /// <summary>Where a program is; null where it is not on PATH.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
