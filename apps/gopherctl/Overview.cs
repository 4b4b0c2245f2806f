using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl;

/// <summary>What gopherctl says without arguments: the state of each stack by its file, and the likely next lines. It asks nobody and starts nothing.</summary>
internal static class Overview
{
    /// <summary>Writes it.</summary>
    public static int Show(Terminal terminal)
    {
        var root = RepositoryRoot.Find();
        var project = ProjectFile.Read(root);
        var stacks = Directory.EnumerateFiles(project.StackFolder, "Pulumi.*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)["Pulumi.".Length..]).Order(StringComparer.Ordinal).ToList();
        foreach (var line in stacks.SelectMany(stack => LinesOf(root, project, stack)).Concat(Always(stacks.Count)))
        {
            terminal.Print(Printable.Line(line));
        }

        return ExitCode.Success;
    }

    private static IEnumerable<string> LinesOf(string root, ProjectFile project, string stack)
    {
        StackSettings settings;
        IReadOnlyList<string> own;
        try
        {
            settings = StackSettings.Read(EffectiveConfig.Read(root, stack, []).Values);
            own = [.. StackFile.Read(project, stack).Keys.Where(key => key.Namespace == project.Name).Select(key => key.Name)];
        }
        catch (UserException unread)
        {
            return [$"stack {stack}: {unread.Where}: {unread.Message}", ""];
        }
        catch (SettingsException wrong)
        {
            return [$"stack {stack}: Pulumi.{stack}.yaml is wrong: {wrong.Errors[0].Key}", Next($"check --stack {stack}", "says everything that is wrong"), ""];
        }

        var where = settings.Cluster.Kind == ClusterKind.Eks ? $"a cluster of its own on EKS, in {settings.Eks.Region}" : "a cluster that is there already";
        return [$"stack {stack}, by its file: {where}; {RoutingPlan.For(settings.Rollout).InWords}", .. NextOf(stack, settings.Rollout, own), ""];
    }

    private static IEnumerable<string> NextOf(string stack, RolloutSettings rollout, IReadOnlyList<string> own)
    {
        // A rollout is refused beside them, and so is a weight below 100.
        if (rollout.Fault is { Version: { } faulty })
        {
            return own.Where(key => key.StartsWith("fault", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(key => Line($"pulumi config rm --stack {stack} {key}", $"ends the faults of {faulty}, before a rollout")).Append(Line($"pulumi up --stack {stack}", "once all of them are gone"));
        }

        if (rollout.Canary is not { } canary)
        {
            var later = rollout.Versions.Keys.OrderBy(version => Parts(version).Stem, StringComparer.Ordinal).ThenBy(version => Parts(version).Number)
                .SkipWhile(version => version != rollout.Stable).Skip(1).FirstOrDefault();
            return later is not null
                ? [Next($"rollout {later} --stack {stack} --rehearse", "a whole rollout on this machine"), Next($"rollout {later} --stack {stack}", "the same on the deployed stack")]
                // Pulumi writes no more than the path, so that a file without versions would lose those that are the default.
                : own.Contains("versions")
                    ? [Line($"pulumi config set --stack {stack} --path versions.{FreeName(rollout)} IMAGE:TAG", "names a version to roll out")]
                    : [$"  write versions into Pulumi.{stack}.yaml: {rollout.Stable}, and a new one such as {FreeName(rollout)}, each with its image"];
        }

        return rollout.CanaryWeight switch
        {
            0 => [Next($"rollout {canary} --stack {stack}", "goes on from the dark launch"), Next($"shift 10 --stack {stack}", "a tenth of the requests, without a judge")],
            100 =>
            [
                Next($"rollout {canary} --stack {stack}", "compares both again, then makes it stable"), Next($"rollout --stack {stack} --abort", "back to weight 0 at once"),
            ],
            _ => [Next($"rollout {canary} --stack {stack}", "goes on from this weight"), Next($"rollout --stack {stack} --abort", "back to weight 0 at once")],
        };
    }

    private static IEnumerable<string> Always(int stacks) =>
    [
        stacks == 0 ? "no stack yet: pulumi stack init dev" : "These are the stacks' files; what is deployed only the backend and the cluster know:",
        Next("rollout --stack NAME --status", "the last rollouts"),
        Next("drift --stack NAME", "what others changed"),
        "and on this machine:",
        Next("tour", "walks through a rollout"),
        Next("check --stack NAME", "what is declared, against rules"),
        Next("--help", "all commands"),
    ];

    // The number at the end of the stable version's name, counted on to one that no version has.
    private static string FreeName(RolloutSettings rollout)
    {
        var (stem, number) = Parts(rollout.Stable);
        string name;
        do
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}{++number}");
        }
        while (rollout.Versions.ContainsKey(name));

        return name;
    }

    // v10 comes after v9.
    private static (string Stem, long Number) Parts(string version)
    {
        var stem = version.TrimEnd([.. "0123456789"]);
        return (stem, long.TryParse(version[stem.Length..], CultureInfo.InvariantCulture, out var number) ? number : 1);
    }

    private static string Next(string command, string why) => Line($"./gopherctl {command}", why);

    private static string Line(string command, string why) => $"  {command,-48} {why}";
}
