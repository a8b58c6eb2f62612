"""The parts of a running server, and the keys by which handlers find them in the application. No globals."""

import asyncio

from aiohttp import web

from nodegraph.media.owners import OwnerFolders
from nodegraph.server.catalog import Catalog
from nodegraph.server.dispatcher import Dispatcher
from nodegraph.server.events import EventLog
from nodegraph.server.jobs import JobStore
from nodegraph.server.model_lists import ModelLists
from nodegraph.server.token_counter import TokenCounter
from nodegraph.server.user_thread import UserThreads
from nodegraph.server.webhooks.deliverer import Deliverer
from nodegraph.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
FOLDERS = web.AppKey("folders", OwnerFolders)
CATALOG = web.AppKey("catalog", Catalog)
MODELS = web.AppKey("models", ModelLists)
EVENTS = web.AppKey("events", EventLog)
STORE = web.AppKey("store", JobStore)
USER_FILES = web.AppKey("user_files", UserThreads)
TOKENS = web.AppKey("tokens", TokenCounter)
DISPATCHER = web.AppKey("dispatcher", Dispatcher)
WEBHOOKS = web.AppKey("webhooks", Deliverer)
DECODING = web.AppKey("decoding", asyncio.Semaphore)
"""How many pictures are decoded at a time: a large one takes half a gigabyte of memory."""
STOPPING: web.AppKey[asyncio.Future[None]] = web.AppKey("stopping")
"""Done when the server begins to stop: whoever keeps a client waiting answers then."""
