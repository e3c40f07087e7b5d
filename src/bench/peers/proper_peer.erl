%% The slice as a user of PropEr would model it with proper_statem.
%%
%%     erl … -run proper_peer main MAX_COMMANDS SEEDS SHRUNK BUG,BUG… SERVER…
%%
%% starts the server of the system under test, searches for each bug with the seeds 1 to SEEDS, shrinks the failures of
%% the seeds up to SHRUNK, and prints one JSON object for each search. Seconds are processor time, with the server.
-module(proper_peer).
-behaviour(proper_statem).

-include_lib("proper/include/proper.hrl").

-export([main/1]).
-export([initial_state/0, command/1, precondition/2, postcondition/3, next_state/3]).
-export([execute/2, execute/3]).

-define(FRAMES, 2).
%% The default is 42; longer sequences are meant to find more.
-define(SIZE, 100).

%% The contents are numbered: contents maps a number to {Value, system | device}. A page table entry is hole or
%% {Content, Permission}, together with the protection of its mapping.
-record(state, {living = [0], known = [], entries = #{}, contents = #{}, next = 0}).

initial_state() -> #state{}.

%% Commands are drawn from those that are valid in the state.
command(State) ->
    #state{living = Living, known = Known, entries = Entries} = State,
    Mapped = maps:keys(Entries),
    Unmapped = [Place || {Process, _} = Place <- places(), lists:member(Process, Living), not maps:is_key(Place, Entries)],
    Dead = [0, 1] -- Living,
    oneof(
        [{call, ?MODULE, execute, [spawn, oneof(Dead)]} || Dead =/= []] ++
        [{call, ?MODULE, execute, [fork, hd(Living)]} || length(Living) =:= 1] ++
        [{call, ?MODULE, execute, [exit, oneof(Living)]} || Living =/= []] ++
        [{call, ?MODULE, execute, [map, oneof(Unmapped), oneof([write, read])]} || Unmapped =/= []] ++
        [{call, ?MODULE, execute, [unmap, oneof(Mapped)]} || Mapped =/= []] ++
        [{call, ?MODULE, execute, [load, oneof(Known)]} || Known =/= []] ++
        [{call, ?MODULE, execute, [store, oneof(Known), oneof([1, 2])]} || Known =/= []] ++
        [{call, ?MODULE, execute, ['migrate-to-device', oneof(Mapped)]} || Mapped =/= []] ++
        [{call, ?MODULE, execute, ['migrate-to-system', oneof(Mapped)]} || Mapped =/= []]
    ).

%% The same conditions, for shrinking.
precondition(#state{living = Living}, {call, _, _, [spawn, Process]}) -> not lists:member(Process, Living);
precondition(#state{living = Living}, {call, _, _, [fork, Process]}) -> Living =:= [Process];
precondition(#state{living = Living}, {call, _, _, [exit, Process]}) -> lists:member(Process, Living);
precondition(#state{living = Living, entries = Entries}, {call, _, _, [map, {Process, _} = Place, _]}) ->
    lists:member(Process, Living) andalso not maps:is_key(Place, Entries);
precondition(#state{known = Known}, {call, _, _, [load, Place]}) -> lists:member(Place, Known);
precondition(#state{known = Known}, {call, _, _, [store, Place, _]}) -> lists:member(Place, Known);
precondition(#state{entries = Entries}, {call, _, _, [_, Place]}) -> maps:is_key(Place, Entries).

next_state(State, _, {call, _, _, Arguments}) ->
    {_, Next} = step(State, Arguments),
    Next.

postcondition(State, {call, _, _, Arguments}, Reply) ->
    {Result, Next} = step(State, Arguments),
    Reply =:= lists:flatten([Result, " ", view(Next)]).

%% The expected result and the next state.
step(State, [spawn, Process]) ->
    {"ok", State#state{living = [Process | State#state.living]}};
step(#state{living = Living, known = Known, entries = Entries} = State, [fork, Parent]) ->
    Child = 1 - Parent,
    ReadOnly = maps:map(fun(_, Entry) -> read_only(Entry) end, Entries),
    Copies = maps:from_list([{{Child, Page}, Entry} || {{_, Page}, Entry} <- maps:to_list(ReadOnly)]),
    {"ok", State#state{
        living = [Child | Living],
        known = Known ++ [{Child, Page} || {_, Page} <- Known],
        entries = maps:merge(ReadOnly, Copies)
    }};
step(#state{living = Living, known = Known, entries = Entries} = State, [exit, Process]) ->
    IsOther = fun({Owner, _}) -> Owner =/= Process end,
    {"ok", State#state{
        living = lists:delete(Process, Living),
        known = lists:filter(IsOther, Known),
        entries = maps:filter(fun(Place, _) -> IsOther(Place) end, Entries)
    }};
step(#state{known = Known, entries = Entries} = State, [map, Place, Protection]) ->
    {"ok", State#state{known = lists:usort([Place | Known]), entries = Entries#{Place => {Protection, hole}}}};
step(#state{entries = Entries} = State, [unmap, Place]) ->
    {"ok", State#state{entries = maps:remove(Place, Entries)}};
step(#state{entries = Entries, contents = Contents} = State, [load, Place]) ->
    case Entries of
        #{Place := {_, hole}} ->
            {"0", State};
        #{Place := {_, {Content, _}}} ->
            {Value, _} = maps:get(Content, Contents),
            {integer_to_list(Value), moved(State, Content, system)};
        _ ->
            {"SIGSEGV", State}
    end;
step(#state{entries = Entries} = State, [store, Place, Value]) ->
    case Entries of
        #{Place := {write, hole}} ->
            {"ok", filled(State, Place, {Value, system})};
        #{Place := {write, {Content, _}}} ->
            Back = moved(State, Content, system),
            case [Sharer || {Sharer, {_, {Other, _}}} <- maps:to_list(Entries), Other =:= Content] of
                [Place] ->
                    {"ok", Back#state{
                        entries = Entries#{Place => {write, {Content, 'WRITE'}}},
                        contents = (Back#state.contents)#{Content => {Value, system}}
                    }};
                _ ->
                    {"ok", filled(Back, Place, {Value, system})}
            end;
        _ ->
            {"SIGSEGV", State}
    end;
step(#state{entries = Entries} = State, ['migrate-to-device', Place]) ->
    HasFrame = length(on_device(State)) < ?FRAMES,
    case maps:get(Place, Entries) of
        {_, hole} when HasFrame ->
            {"moved", filled(State, Place, {0, device})};
        {_, {Content, _}} when HasFrame ->
            case lists:member(Content, on_device(State)) of
                true -> {"skipped", State};
                false -> {"moved", moved(State, Content, device)}
            end;
        _ ->
            {"skipped", State}
    end;
step(#state{entries = Entries} = State, ['migrate-to-system', Place]) ->
    case maps:get(Place, Entries) of
        {_, {Content, _}} ->
            case lists:member(Content, on_device(State)) of
                true -> {"moved", moved(State, Content, system)};
                false -> {"skipped", State}
            end;
        _ ->
            {"skipped", State}
    end.

places() -> [{0, 0}, {0, 1}, {1, 0}, {1, 1}].

read_only({Protection, {Content, _}}) -> {Protection, {Content, 'READ'}};
read_only(Entry) -> Entry.

%% A new content in an entry, which may be written if its mapping permits it.
filled(#state{entries = Entries, contents = Contents, next = Next} = State, Place, Content) ->
    {Protection, _} = maps:get(Place, Entries),
    Permission = case Protection of write -> 'WRITE'; read -> 'READ' end,
    State#state{
        entries = Entries#{Place => {Protection, {Next, Permission}}},
        contents = Contents#{Next => Content},
        next = Next + 1
    }.

moved(#state{contents = Contents} = State, Content, Location) ->
    {Value, _} = maps:get(Content, Contents),
    State#state{contents = Contents#{Content => {Value, Location}}}.

%% The contents on the device that an entry names.
on_device(#state{entries = Entries, contents = Contents}) ->
    lists:usort([Content || {_, {Content, _}} <- maps:values(Entries), element(2, maps:get(Content, Contents)) =:= device]).

%% The page tables in words; contents on the device are named by letters in the order in which they appear.
view(#state{entries = Entries} = State) ->
    OnDevice = on_device(State),
    {Words, _} = lists:mapfoldl(
        fun(Place, Frames) -> word(maps:get(Place, Entries, unmapped), OnDevice, Frames) end,
        [],
        places()
    ),
    lists:join(" ", Words).

word(unmapped, _, Frames) -> {"unmapped", Frames};
word({_, hole}, _, Frames) -> {"hole", Frames};
word({_, {Content, Permission}}, OnDevice, Frames) ->
    case lists:member(Content, OnDevice) of
        false ->
            {"present", Frames};
        true ->
            Named = case lists:member(Content, Frames) of true -> Frames; false -> Frames ++ [Content] end,
            Index = length(lists:takewhile(fun(Other) -> Other =/= Content end, Named)),
            {[atom_to_list(Permission), "-", lists:nth(Index + 1, ["A", "B"])], Named}
    end.

%% The system under test, one line for each command.

execute(fork, Parent) -> executed(["fork ", word(Parent), " ", word(1 - Parent)]);
execute(Name, {Process, Page}) -> executed([atom_to_list(Name), " ", word(Process), " ", word(Page)]);
execute(Name, Process) -> executed([atom_to_list(Name), " ", word(Process)]).

execute(Name, {Process, Page}, Argument) ->
    executed([atom_to_list(Name), " ", word(Process), " ", word(Page), " ", word(Argument)]).

word(Number) when is_integer(Number) -> integer_to_list(Number);
word(Atom) -> atom_to_list(Atom).

executed(Line) ->
    put(executed, get(executed) + 1),
    ask(Line).

ask(Line) ->
    Port = get(port),
    port_command(Port, [Line, $\n]),
    receive
        {Port, {data, {eol, Reply}}} -> Reply
    end.

seconds() ->
    {Milliseconds, _} = statistics(runtime),
    Milliseconds / 1000 + list_to_integer(ask("cpu")) / 1000000.

prop(Bug, Seed) ->
    ?SETUP(
        fun() ->
            rand:seed(exsplus, {Seed, Seed, Seed}),
            fun() -> ok end
        end,
        ?FORALL(Commands, resize(?SIZE, commands(?MODULE)), begin
            "ready" = ask(["reset ", Bug]),
            Before = get(executed),
            {_, _, Result} = run_commands(?MODULE, Commands),
            Result =:= ok orelse failed(get(executed) - Before)
        end)
    ).

failed(Length) ->
    case get(found) of
        undefined -> put(found, {get(executed), seconds()});
        _ -> ok
    end,
    put(length, Length),
    false.

search(Bug, Seed, MaxCommands, IsShrunk) ->
    put(executed, 0),
    put(found, undefined),
    put(length, null),
    Began = seconds(),
    rounds(Bug, Seed, MaxCommands, [quiet, {numtests, 100} | [noshrink || not IsShrunk]]),
    AllSeconds = seconds() - Began,
    {Commands, Seconds} = case get(found) of
        undefined -> {get(executed), AllSeconds};
        {Count, Time} -> {Count, Time - Began}
    end,
    Length = case IsShrunk of true -> get(length); false -> null end,
    io:format(
        "{\"bug\":\"~s\",\"seed\":~w,\"isFound\":~w,\"commands\":~w,\"seconds\":~w,"
        "\"allCommands\":~w,\"allSeconds\":~w,\"length\":~w}~n",
        [Bug, Seed, get(found) =/= undefined, Commands, Seconds, get(executed), AllSeconds, Length]
    ).

rounds(Bug, Seed, MaxCommands, Options) ->
    proper:quickcheck(prop(Bug, Seed), Options),
    case get(found) =:= undefined andalso get(executed) < MaxCommands of
        true -> rounds(Bug, Seed + 1000, MaxCommands, Options);
        false -> ok
    end.

main([MaxCommands, Seeds, Shrunk, Bugs, Program | Arguments]) ->
    put(port, open_port({spawn_executable, Program}, [{args, Arguments}, {line, 4096}])),
    [
        search(Bug, Seed, list_to_integer(MaxCommands), Seed =< list_to_integer(Shrunk))
     || Bug <- string:split(Bugs, ",", all), Seed <- lists:seq(1, list_to_integer(Seeds))
    ],
    halt().
