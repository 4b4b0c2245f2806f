using System.CommandLine;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>`recover`: adds to a stack's state what a killed engine created and had no time to record.</summary>
internal static class RecoverCommand
{
    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var stack = StackOption.Create("The stack whose update was killed.");
        var cancel = new Option<bool>("--cancel") { Description = "First removes the lock that the killed update left (pulumi cancel). Only when no update of the stack runs anywhere." };
        var state = new Option<FileInfo>("--state") { Description = "An earlier `pulumi stack export` that has the operations which were under way, such as a run of this command that failed names.", HelpName = "file" };
        state.AcceptExistingOnly();
        var command = new ExampleCommand(
            "recover",
            "After a killed `pulumi up` or `pulumi destroy`: finds what was being created and adds it to the state, so that the next update goes on. Ends with 0 when it does, 1 when something is left to do by hand, 2 on bad input, 7 when an update has the stack's lock.",
            "recover --stack dev --cancel",
            "recover --stack dev")
        {
            stack, cancel, state,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var root = RepositoryRoot.Find();
            var config = EffectiveConfig.Read(root, parsed.GetRequiredValue(stack), []);
            var earlier = parsed.GetValue(state) is { } file ? StackDeployment.Parse(await File.ReadAllTextAsync(file.FullName, cancellation), file.FullName, config) : null;
            var recovery = new Recovery(config, new PulumiCli(root, config.Stack), new AwsCli(config), line => terminal.Print(Printable.Line(line)));
            return await recovery.RunAsync(parsed.GetValue(cancel), earlier, cancellation) ? ExitCode.Success : ExitCode.NegativeVerdict;
        });
        return command;
    }

    private sealed class Recovery(EffectiveConfig config, PulumiCli pulumi, AwsCli aws, Action<string> say)
    {
        public async Task<bool> RunAsync(bool cancelFirst, JsonObject? earlier, CancellationToken cancellation)
        {
            if (cancelFirst && await pulumi.CancelAsync(cancellation) is { } nothing)
            {
                say($"no lock was removed: {nothing.Split('\n')[^1].Trim()}");
            }

            var before = await pulumi.ExportAsync(cancellation);
            var state = new StackDeployment(Parsed(before), earlier);
            if (!state.IsInterrupted)
            {
                say($"stack {config.Stack}: no operation was under way; there is nothing to recover");
                return true;
            }

            var (found, byHand) = await FindAsync(state, cancellation);
            foreach (var (create, id) in found)
            {
                if (create.Wait(id) is { } wait)
                {
                    say($"waiting until {id} can be used; a cluster takes up to 15 minutes");
                    await aws.AskAsync(wait, cancellation);
                }
            }

            await WriteAsync(state, before, earlier?.ToJsonString() ?? before, found, cancellation);
            say($"{state.PendingCreates.Count} creations were under way: {found.Count} are in the state now, {byHand} are left to you, the others begin anew");

            // An object that was created belongs to the field manager of the killed run, and a Deployment does not say that the stack may take it over.
            var force = state.PendingCreates.Any(create => create.Type.StartsWith("kubernetes:", StringComparison.Ordinal)) ? "PULUMI_K8S_ENABLE_PATCH_FORCE=true " : "";
            say($"now: {force}pulumi up --stack {config.Stack}, or pulumi destroy --stack {config.Stack}");
            return byHand == 0;
        }

        private JsonObject Parsed(string export) => StackDeployment.Parse(export, "pulumi stack export", config);

        private async Task<(IReadOnlyList<(PendingCreate Create, string Id)> Found, int ByHand)> FindAsync(StackDeployment state, CancellationToken cancellation)
        {
            KeyValuePair<string, string>[] tags = [new("project", config.Project), new("stack", config.Stack)];
            var (found, byHand) = (new List<(PendingCreate, string)>(), 0);
            foreach (var create in state.PendingCreates.Where(create => !create.CanBeRepeated))
            {
                if (!create.IsKnown)
                {
                    byHand++;
                    say($"{create.Type} {create.Name}: this command does not know the kind; look for it, and delete it before the next pulumi up");
                    continue;
                }

                var ids = await IdsAsync(create, tags, state, cancellation);
                if (ids.Count > 0 && state.Has(create.Urn))
                {
                    // The state has the one that it was to replace under the same name.
                    byHand++;
                    say($"{create.Type} {create.Name}: {ids[0]} was to replace the one in the state; delete it before the next pulumi up, which makes another");
                }
                else if (ids.Count > 0)
                {
                    found.Add((create, ids[0]));
                    say($"{create.Type} {create.Name}: {ids[0]}");
                    byHand += ids.Count - 1;
                    ids.Skip(1).ToList().ForEach(id => say($"{create.Type} {create.Name}: {id} has the same name and tags; delete it"));
                }
            }

            return (found, byHand);
        }

        private async Task<IReadOnlyList<string>> IdsAsync(
            PendingCreate create, IEnumerable<KeyValuePair<string, string>> tags, StackDeployment state, CancellationToken cancellation)
        {
            if (create.IdFromInputs is { } id)
            {
                // Whether it exists, the refresh finds out: but a cluster has to be waited for.
                return create.Type != "aws:eks/cluster:Cluster" || (await aws.AskAsync(["eks", "list-clusters", "--query", "clusters"], cancellation)).Contains(id) ? [id] : [];
            }

            var ids = new List<string>();
            foreach (var candidate in (await aws.AskAsync(create.Question(tags)!, cancellation)).Select(create.IdFrom).Except(state.Ids(create.Type)))
            {
                if (create.Check(candidate) is not { } check || (await aws.AskAsync(check, cancellation)).Count > 0)
                {
                    ids.Add(candidate);
                }
            }

            return ids;
        }

        private async Task<IReadOnlyList<string>> HelmRecordsAsync(StackDeployment state, CancellationToken cancellation)
        {
            var stuck = state.PendingReleases.Where(release => release.Operation is "creating" or "updating").ToList();
            return stuck.Count == 0 ? [] : await HelmRecords.RemoveAsync(stuck, new StackDeployment(Parsed(await pulumi.ExportInPlainTextAsync(cancellation))), cancellation);
        }

        // While an update runs, pulumi refuses the first step, and nothing is changed. That step also makes pulumi forget the operations that were
        // under way, and a refresh that fails leaves resources without outputs: then the state becomes what it was, and a file keeps the operations.
        private async Task WriteAsync(
            StackDeployment state, string before, string interrupted, IReadOnlyList<(PendingCreate Create, string Id)> found, CancellationToken cancellation)
        {
            await pulumi.ImportAsync(state.With(found).ToJsonString(), cancellation);
            try
            {
                foreach (var release in await HelmRecordsAsync(state, cancellation))
                {
                    say($"Helm's record of the interrupted release {release} is removed");
                }

                var uninstalled = state.PendingReleases.Where(release => release.Operation == "deleting" && state.Has(release.Urn)).Select(release => release.Urn);
                string[] targets = [.. found.Select(item => item.Create.Urn), .. uninstalled];
                if (targets.Length > 0)
                {
                    await pulumi.RefreshAsync(targets, cancellation);
                }
            }
            catch (Exception failed) when (failed is UserException or OperationCanceledException)
            {
                // A temporary file of .NET is readable by this user alone.
                var file = Path.GetTempFileName();
                await File.WriteAllTextAsync(file, interrupted, CancellationToken.None);
                await pulumi.ImportAsync(before, CancellationToken.None);
                throw new UserException(
                    failed.Message, (failed as UserException)?.Where ?? "", $"Mend what it says, then: ./gopherctl recover --stack {config.Stack} --state {file}", ExitCode.NegativeVerdict);
            }
        }
    }
}
